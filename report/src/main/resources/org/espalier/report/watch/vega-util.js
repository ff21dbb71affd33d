// The part of vega-util that Vega's interpreter imports: Vega's own bundle has it.
export const {ascending, isString, DisallowedObjectProperties} = vega;

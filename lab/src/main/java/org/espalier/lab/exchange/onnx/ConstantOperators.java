package org.espalier.lab.exchange.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.espalier.lab.exchange.onnx.OnnxValue.Constant;
import org.espalier.lab.exchange.onnx.OnnxValue.Flow;

/** Operators on numbers that are known: they are computed while the graph is read. */
final class ConstantOperators {
    /** Numbers of a list of sizes, at most. */
    private static final int MOST_JOINED = 1 << 10;

    private final NodeReader reader;

    ConstantOperators(NodeReader reader) {
        this.reader = reader;
    }

    Constant constant() {
        OnnxModel.Attribute value = reader.at().attributes().get("value");
        if (value != null && value.tensor().isPresent()) {
            return Constant.of(value.tensor().get());
        }
        for (String name : List.of("value_float", "value_int", "value_ints")) {
            OnnxModel.Attribute found = reader.at().attributes().get(name);
            if (found != null) {
                boolean real = name.equals("value_float");
                double[] numbers = real
                        ? new double[] {found.real()}
                        : found.wholes().stream().mapToDouble(Long::doubleValue).toArray();
                return new Constant(
                        name.equals("value_ints") ? List.of((long) numbers.length) : List.of(), numbers, real);
            }
        }
        throw reader.wrong("has no value of numbers");
    }

    Constant computed(Constant a, Constant b) {
        int count = Math.max(a.numbers().length, b.numbers().length);
        if (a.numbers().length != count && a.numbers().length != 1
                || b.numbers().length != count && b.numbers().length != 1) {
            throw reader.wrong("combines constants of shapes " + a.dims() + " and " + b.dims()
                    + ", expected the same or one number");
        }
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
            double x = OnnxValue.at(a.numbers(), i);
            double y = OnnxValue.at(b.numbers(), i);
            double exact = switch (reader.operator()) {
                case "Add" -> x + y;
                case "Sub" -> x - y;
                case "Mul" -> x * y;
                default -> x / y;
            };
            result[i] = a.real() ? (float) exact : Math.rint(exact);
        }
        return new Constant(a.numbers().length == count ? a.dims() : b.dims(), result, a.real());
    }

    Constant reshaped(Constant constant) {
        return new Constant(reader.constant(1).wholes(), constant.numbers(), constant.real());
    }

    Constant squeezed(Constant constant) {
        int count = constant.numbers().length;
        boolean one = reader.operator().equals("Squeeze") && count == 1;
        return new Constant(one ? List.of() : List.of((long) count), constant.numbers(), constant.real());
    }

    Constant transposed(Constant matrix) {
        List<Long> order = reader.wholes("perm", List.of());
        if (matrix.dims().size() != 2 || !order.isEmpty() && !order.equals(List.of(1L, 0L))) {
            throw reader.wrong("transposes a constant of shape " + matrix.dims() + ", expected a matrix");
        }
        int rows = Math.toIntExact(matrix.dims().get(0));
        int columns = Math.toIntExact(matrix.dims().get(1));
        double[] turned = new double[matrix.numbers().length];
        for (int i = 0; i < turned.length; i++) {
            turned[i % columns * rows + i / columns] = matrix.numbers()[i];
        }
        return new Constant(List.of((long) columns, (long) rows), turned, matrix.real());
    }

    Constant sliced(Constant constant, double[] starts, double[] ends, double[] steps) {
        if (constant.dims().size() != 1
                || starts.length != 1
                || steps.length > 0 && steps[0] != 1
                || ends.length != 1) {
            throw reader.wrong("cuts a constant of shape " + constant.dims() + ", expected a vector");
        }
        int length = constant.numbers().length;
        int from = place(starts[0], length);
        int to = Math.max(from, place(ends[0], length));
        return new Constant(
                List.of((long) (to - from)), Arrays.copyOfRange(constant.numbers(), from, to), constant.real());
    }

    private static int place(double index, int length) {
        return (int) Math.max(0, Math.min(length, index < 0 ? index + length : index));
    }

    Constant shape() {
        Flow flow = reader.flow(0);
        double[] lengths = new double[flow.dims().size() + 1]; // the batch's is 0, which a Reshape keeps
        List<Integer> dims = flow.settledDims();
        for (int d = 0; d < dims.size(); d++) {
            lengths[d + 1] = dims.get(d);
        }
        return new Constant(List.of((long) lengths.length), lengths, false);
    }

    Constant gathered() {
        Constant from = reader.constant(0);
        Constant index = reader.constant(1);
        if (from.dims().size() != 1 || index.numbers().length != 1 || reader.whole("axis", 0) != 0) {
            throw reader.wrong(
                    "takes parts of a constant of shape " + from.dims() + ", expected one number of a vector");
        }
        int length = from.numbers().length;
        double i = index.numbers()[0] < 0 ? index.numbers()[0] + length : index.numbers()[0];
        if (i < 0 || i >= length) {
            throw reader.wrong("takes number " + index.numbers()[0] + " of " + length);
        }
        return new Constant(index.dims(), new double[] {from.numbers()[(int) i]}, from.real());
    }

    Constant joined() {
        List<Double> numbers = new ArrayList<>();
        boolean real = false;
        for (int i = 0; i < reader.at().inputs().size(); i++) {
            Constant part = reader.constant(i);
            if (part.dims().size() > 1 || numbers.size() + part.numbers().length > MOST_JOINED) {
                throw reader.wrong("joins constants of shape " + part.dims() + ", expected vectors of sizes");
            }
            for (double number : part.numbers()) {
                numbers.add(number);
            }
            real |= part.real();
        }
        return new Constant(
                List.of((long) numbers.size()),
                numbers.stream().mapToDouble(Double::doubleValue).toArray(),
                real);
    }
}

package org.espalier.benchmarks;

/** A convolution of square images and kernels. */
record ConvolutionLayer(String name, int channels, int outputs, int size, int kernel, int stride, int padding) {
    int outSize() {
        return (size + 2 * padding - kernel) / stride + 1;
    }

    int depth() {
        return channels * kernel * kernel;
    }
}

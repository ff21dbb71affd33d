package org.espalier.engine.kernel;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.espalier.engine.kernel.ConvCase.Shape;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.ops.KernelChoice;

/** Digests of all that the convolution kernels of this process make at awkward sizes, one line for each shape and product. */
public final class ConvDigest {
    private ConvDigest() {}

    /** Lines that begin with "digest convolution". */
    public static void print() throws NoSuchAlgorithmException {
        ConvKernels kernels = KernelChoice.chosen().convolutions();
        for (Shape shape : ConvKernelsTest.SHAPES) {
            ConvCase c = new ConvCase(shape, 5);
            for (boolean sparse : new boolean[] {false, true}) {
                String name = "digest convolution " + shape + (sparse ? " sparse " : " dense ");
                for (Epilogue finish : Epilogue.values()) {
                    line(name + "forward " + finish, c.forward(kernels, sparse, finish, true));
                    line(name + "input gradient " + finish, c.inputGradient(kernels, sparse, finish));
                }
                line(name + "weight gradient", c.weightGradient(kernels, sparse));
            }
        }
    }

    private static void line(String name, float[] values) throws NoSuchAlgorithmException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asFloatBuffer().put(values);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        System.out.println(name + " = " + HexFormat.of().formatHex(digest, 0, 8));
    }
}

package org.espalier.house.ruin.lab;

import org.apache.spark.Pretended;

final class UsesSpark {
    private UsesSpark() {}

    static int use() {
        return Pretended.master();
    }
}

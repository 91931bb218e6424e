package dev.millrace.contract.capacity;

/**
 * Execution time of a batch: {@code alpha + beta * rows}.
 *
 * @param alphaMs cost of a batch of nothing
 * @param betaMs cost of a row more
 */
public record BatchLine(double alphaMs, double betaMs) {
    public BatchLine {
        Inputs.notNegative("alphaMs", alphaMs);
        Inputs.notNegative("betaMs", betaMs);
        Inputs.positive("alphaMs + betaMs", alphaMs + betaMs);
    }

    public double ms(double rows) {
        return alphaMs + betaMs * rows;
    }

    /**
     * Least squares through measured points. A slope or an intercept that comes out negative (noise) is taken as 0.
     *
     * @param rows batch sizes; one size alone gives a line without intercept
     * @param ms mean execution time of each
     */
    public static BatchLine fit(int[] rows, double[] ms) {
        if (rows.length == 0 || rows.length != ms.length) {
            throw new IllegalArgumentException("a line needs as many times as batch sizes, at least one: " + rows.length
                    + " sizes, " + ms.length + " times");
        }
        double meanRows = 0;
        double meanMs = 0;
        for (int i = 0; i < rows.length; i++) {
            meanRows += (double) rows[i] / rows.length;
            meanMs += ms[i] / rows.length;
        }
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < rows.length; i++) {
            covariance += (rows[i] - meanRows) * (ms[i] - meanMs);
            variance += (rows[i] - meanRows) * (rows[i] - meanRows);
        }
        if (variance == 0) {
            return new BatchLine(0, meanMs / meanRows);
        }
        double beta = Math.max(0, covariance / variance);
        double alpha = meanMs - beta * meanRows;
        return alpha >= 0 ? new BatchLine(alpha, beta) : new BatchLine(0, meanMs / meanRows);
    }
}

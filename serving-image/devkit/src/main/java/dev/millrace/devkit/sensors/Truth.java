package dev.millrace.devkit.sensors;

/** What a reading is, as only the simulation knows. */
public enum Truth {
    NORMAL,
    /** One sensor is off by many times its noise, for some seconds. */
    SPIKE,
    /** One sensor departs slowly from what it should say, and far by now. */
    DRIFT,
    /** One sensor repeats a value, and has for some time. */
    STUCK,
    /** A fault that cannot be told yet, or that windows still remember: right and wrong answers are not counted. */
    UNSURE;

    public boolean isFault() {
        return this == SPIKE || this == DRIFT || this == STUCK;
    }
}

package dev.millrace.server.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.util.Map;

/** On the options of ONNX Runtime. */
final class OrtSetup implements SessionSetup {
    private static final int FIRST_DEVICE = 0;

    private final SessionOptions options;

    OrtSetup(SessionOptions options) {
        this.options = options;
    }

    @Override
    public boolean isAvailable(String provider) {
        OrtProvider wanted = provider.equals(ExecutionProvider.TENSOR_RT) ? OrtProvider.TENSOR_RT : OrtProvider.CUDA;
        return OrtEnvironment.getAvailableProviders().contains(wanted);
    }

    @Override
    public void add(String provider, Map<String, String> values) throws OrtException {
        if (provider.equals(ExecutionProvider.TENSOR_RT)) {
            try (OrtTensorRTProviderOptions own = new OrtTensorRTProviderOptions(FIRST_DEVICE)) {
                for (Map.Entry<String, String> e : values.entrySet()) {
                    own.add(e.getKey(), e.getValue());
                }
                options.addTensorrt(own);
            }
        } else {
            try (OrtCUDAProviderOptions own = new OrtCUDAProviderOptions(FIRST_DEVICE)) {
                for (Map.Entry<String, String> e : values.entrySet()) {
                    own.add(e.getKey(), e.getValue());
                }
                options.addCUDA(own);
            }
        }
    }

    @Override
    public void memoryPattern(boolean on) throws OrtException {
        options.setMemoryPatternOptimization(on);
    }

    @Override
    public void entry(String key, String value) throws OrtException {
        options.addConfigEntry(key, value);
    }
}

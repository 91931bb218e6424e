package dev.millrace.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.operator.observe.PodView.Kind;
import dev.millrace.operator.observe.PodView.Problem;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemsTest {

    static Stream<Arguments> pods() {
        return Stream.of(
                Arguments.of("{phase: Running}", null),
                Arguments.of(
                        "{initContainerStatuses: [{name: model-loader, ready: false,"
                                + " state: {waiting: {reason: CrashLoopBackOff}},"
                                + " lastState: {terminated: {exitCode: 1, message: 'DigestMismatch: a is not b'}}}]}",
                        new Problem(Kind.Loader, "DigestMismatch: a is not b")),
                // tried again and done: the earlier failure is history
                Arguments.of(
                        "{initContainerStatuses: [{name: model-loader, ready: true,"
                                + " state: {terminated: {exitCode: 0}},"
                                + " lastState: {terminated: {exitCode: 1, message: gone}}}]}",
                        null),
                // it runs beside the server again: the earlier end is history
                Arguments.of(
                        "{initContainerStatuses: [{name: model-loader, ready: true, started: true,"
                                + " state: {running: {}},"
                                + " lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}",
                        null),
                Arguments.of(
                        "{containerStatuses: [{name: server, ready: false,"
                                + " state: {waiting: {reason: CrashLoopBackOff}},"
                                + " lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}",
                        new Problem(Kind.Crash, "server ended with exit code 137 (OOMKilled)")),
                Arguments.of(
                        "{containerStatuses: [{name: server, ready: false,"
                                + " state: {waiting: {reason: ImagePullBackOff, message: no such image}}}]}",
                        new Problem(Kind.Image, "server: ImagePullBackOff: no such image")),
                Arguments.of(
                        "{containerStatuses: [{name: store, ready: false, state: {waiting: {reason:"
                                + " CreateContainerConfigError, message: secret fraud-store not found}}}]}",
                        new Problem(Kind.Config, "store: CreateContainerConfigError: secret fraud-store not found")),
                Arguments.of(
                        "{conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable,"
                                + " message: 0/3 nodes}]}",
                        new Problem(Kind.Scheduling, "0/3 nodes")));
    }

    @ParameterizedTest
    @MethodSource("pods")
    void saysWhyAPodDoesNotRun(String status, @Nullable Problem expected) {
        Pod pod = new KubernetesSerialization()
                .unmarshal("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nstatus: " + status, Pod.class);
        assertThat(Problems.of(pod)).isEqualTo(expected);
    }
}

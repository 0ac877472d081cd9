package dev.threadmill.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads what the chart renders into the types of Kubernetes' objects, strictly. */
class ChartFieldsTest {
  private static final Map<String, Class<?>> TYPES =
      Map.of(
          "apps/v1/Deployment", Deployment.class,
          "apps/v1/StatefulSet", StatefulSet.class,
          "batch/v1/Job", Job.class,
          "v1/Service", Service.class,
          "networking.k8s.io/v1/Ingress", Ingress.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
          "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
          "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class,
          "monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class);

  /** KEDA brings its types to the cluster; there are none to read into here. */
  private static final Set<String> FOREIGN =
      Set.of("keda.sh/v1alpha1/ScaledObject", "keda.sh/v1alpha1/TriggerAuthentication");

  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  // The types keep what they don't know; here it is a fault.
                  return false;
                }
              });

  @BeforeAll
  static void helm() {
    Chart.assumeHelm();
  }

  @Test
  void every_field_is_one_that_kubernetes_or_the_operator_knows() throws JsonProcessingException {
    for (var rendered : List.of(Chart.rendered(Chart.TRIAL), Chart.production(Map.of()))) {
      for (Map<String, Object> object : rendered) {
        String kind = object.get("apiVersion") + "/" + object.get("kind");
        if (!FOREIGN.contains(kind)) {
          assertThat(TYPES).containsKey(kind);
          read(object, TYPES.get(kind));
        }
      }
    }
  }

  @Test
  void a_field_that_there_is_not_would_be_found() {
    Map<String, Object> misspelt =
        Map.of("apiVersion", "apps/v1", "kind", "Deployment", "spec", Map.of("replica", 1));
    Map<String, Object> endpoint = Map.of("endpoints", List.of(Map.of("ports", "management")));
    Map<String, Object> group = Map.of("rules", List.of(Map.of("alert", "A", "runbook", "a.md")));

    assertThatThrownBy(() -> read(misspelt, Deployment.class)).hasMessageContaining("replica");
    assertThatThrownBy(() -> read(Map.of("spec", endpoint), ServiceMonitor.class))
        .hasMessageContaining("ports");
    assertThatThrownBy(
            () -> read(Map.of("spec", Map.of("groups", List.of(group))), PrometheusRule.class))
        .hasMessageContaining("runbook");
  }

  private static void read(Map<String, Object> object, Class<?> type)
      throws JsonProcessingException {
    STRICT.readValue(STRICT.writeValueAsString(object), type);
  }
}

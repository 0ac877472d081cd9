package dev.threadmill.gateway;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ContextConfiguration;

/**
 * The whole gateway on a free port, on a database of its own, a real broker and a simulated
 * provider: one for all tests.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "EMBED_DAILY_USD_PER_PROJECT=50",
      "TRACE_URL_TEMPLATE=https://traces.example.com/{trace_id}",
      // Where Boot believes more of what it is told than elsewhere.
      "spring.main.cloud-platform=kubernetes"
    })
@ContextConfiguration(initializers = GatewayServers.class)
public @interface GatewayTest {}

package dev.threadmill.gateway;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The public HTTP service: jobs, status, search and administration. */
@SpringBootApplication
@Import(EmbeddingConfiguration.class)
public class ApiGateway {
  public static void main(String[] args) {
    SpringApplication.run(ApiGateway.class, args);
  }
}

package dev.threadmill.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The public HTTP service: jobs, status, search and administration. */
@SpringBootApplication
public class ApiGateway {
  public static void main(String[] args) {
    SpringApplication.run(ApiGateway.class, args);
  }
}

package dev.threadmill.ingest;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Syncs Chatwoot accounts into PostgreSQL and cuts messages into chunks. */
@SpringBootApplication
public class IngestService {
  public static void main(String[] args) {
    SpringApplication.run(IngestService.class, args);
  }
}

package dev.threadmill.scheduler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Emits ticks, claims what is due, and recovers lost runs. */
@SpringBootApplication
public class SchedulerService {
  public static void main(String[] args) {
    SpringApplication.run(SchedulerService.class, args);
  }
}

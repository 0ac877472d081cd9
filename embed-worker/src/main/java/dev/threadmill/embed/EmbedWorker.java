package dev.threadmill.embed;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Claims waiting chunks, embeds them and writes their vectors. */
@SpringBootApplication
public class EmbedWorker {
  public static void main(String[] args) {
    SpringApplication.run(EmbedWorker.class, args);
  }
}

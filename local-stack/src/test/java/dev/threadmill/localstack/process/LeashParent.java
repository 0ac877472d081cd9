package dev.threadmill.localstack.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A program that a test kills: it has a child on the leash, prints its id, and waits. */
final class LeashParent {

  private LeashParent() {}

  public static void main(String[] arguments) throws InterruptedException {
    var child =
        LeashedProcess.start(
            Checkout.find(),
            ProcessSpec.of("child", List.of("sleep", "600"), Map.of(), Path.of(arguments[0])));
    System.out.println(child.pid());
    new CountDownLatch(1).await();
  }
}

package dev.threadmill.gateway.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Scripts and styles: ours under {@code /assets/}, those of WebJars by their name under {@code
 * /assets/lib/}, without the version. Browsers keep them and ask each time whether they changed; by
 * their content, for all files of a reproducible jar have one age.
 */
@Configuration(proxyBeanMethods = false)
class DashboardAssets implements WebMvcConfigurer {
  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/assets/lib/**")
        .addResourceLocations("classpath:/META-INF/resources/webjars/")
        .setCacheControl(CacheControl.noCache())
        .setUseLastModified(false)
        .setEtagGenerator(DashboardAssets::tag)
        // Finds the version, by the locator for WebJars that comes with the page of the contract.
        .resourceChain(true);
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations("classpath:/dashboard/assets/")
        .setCacheControl(CacheControl.noCache())
        .setUseLastModified(false)
        .setEtagGenerator(DashboardAssets::tag);
  }

  /** A weak one: Tomcat does not compress what has a strong one. */
  private static String tag(Resource resource) {
    try (InputStream content = resource.getInputStream()) {
      return "W/\"" + DigestUtils.md5DigestAsHex(content) + "\"";
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

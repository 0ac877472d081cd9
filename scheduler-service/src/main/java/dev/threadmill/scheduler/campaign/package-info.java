/** The job {@code campaign_scheduler}: enrols contacts, drafts messages, and sends what is due. */
@NullMarked
package dev.threadmill.scheduler.campaign;

import org.jspecify.annotations.NullMarked;

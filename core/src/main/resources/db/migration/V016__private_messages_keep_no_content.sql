-- What only the team may read is not kept: the row says that there is such a message, no more.
update cw_messages
set content = null, data = data - 'content_attributes' - 'attachments' - 'processed_message_content', changed_at = now()
where private and content is not null;

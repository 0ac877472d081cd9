-- What only the team may read is not kept: the row says that there is such a message, no more. A row whose message lacks
-- the flag is not meant: nobody knows of it.
update cw_messages
set content = null, data = data - 'content_attributes' - 'attachments' - 'processed_message_content', changed_at = now()
where private and data @> '{"private": true}'
  and (content is not null or data ?| array['content_attributes', 'attachments', 'processed_message_content']);

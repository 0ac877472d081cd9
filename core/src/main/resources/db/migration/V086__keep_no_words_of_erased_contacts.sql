-- An erasure leaves a contact's opt-out, and takes the reason that somebody typed: V054 promises that a number stays and
-- nothing else. Replaces the function of V041, in which nothing else is changed. An update of the opt-outs of contacts that
-- were erased before, found by their keys; their rows are locked until it is through.
create or replace function erase_some_rows(e erasures, most integer) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  conversations text[];
  contacts text[];
begin
  conversations := case e.kind
    when 'conversation' then array(select global_id from cw_conversations where global_id = e.global_id)
    when 'contact' then array(select global_id from cw_conversations where contact_global_id = e.global_id limit 20)
    else array(select global_id from cw_conversations where source_id = e.source_id limit 20) end;
  if cardinality(conversations) > 0 then
    if e.kind = 'contact' then
      -- They stay gone, too, even where Chatwoot gives them to another contact.
      insert into erased_things (project_id, base_url, external_id, global_id, source_id, kind, counted)
      select c.project_id, s.base_url, s.external_id, c.global_id, s.id, 'conversation', c.deleted_at is null
      from cw_conversations c join project_sources s on s.id = c.source_id
      where c.global_id = any (conversations)
      on conflict do nothing;
    end if;
    -- Waits for who stores messages at this moment, and keeps out who would do so next.
    update cw_conversations set deleted_at = now() where global_id = any (conversations) and deleted_at is null;
    if not delete_rows_naming(e.id, 'conversation_global_id', conversations, most) then
      perform delete_some_rows(e.id, 'cw_conversations', 'global_id = any ($1)', conversations, most);
    end if;
    return false;
  end if;
  contacts := case e.kind
    when 'conversation' then '{}'
    when 'contact' then array(select global_id from cw_contacts where global_id = e.global_id)
    else array(select global_id from cw_contacts where source_id = e.source_id limit most) end;
  -- Before the contact goes: nobody opts out one that is not there. The one that is erased also when it was not stored.
  update campaign_opt_outs set reason = null
  where project_id = e.project_id and contact = any (contacts || case when e.kind = 'contact' then e.global_id end)
    and reason is not null;
  if cardinality(contacts) > 0 then
    if not delete_rows_naming(e.id, 'contact_global_id', contacts, most) then
      perform delete_some_rows(e.id, 'cw_contacts', 'global_id = any ($1)', contacts, most);
    end if;
    return false;
  end if;
  if e.kind = 'conversation' then
    delete from sync_hints where source_id = e.source_id and conversation_id = e.number;
    delete from sync_unanswered where source_id = e.source_id and conversation_id = e.number;
    delete from sync_walk_edge where source_id = e.source_id and conversation_id = e.number;
  elsif e.kind = 'source' then
    if delete_some_rows(e.id, 'cw_inboxes', 'source_id = any ($1::uuid[])', array[e.source_id::text], most) > 0
       or delete_some_rows(e.id, 'sync_hints', 'source_id = any ($1::uuid[])', array[e.source_id::text], most) > 0
       or delete_some_rows(e.id, 'sync_unanswered', 'source_id = any ($1::uuid[])', array[e.source_id::text], most) > 0 then
      return false;
    end if;
    delete from sync_watermarks w where w.project_id = e.project_id and w.source = 'chatwoot:' || e.number;
    delete from project_sources where id = e.source_id;
  end if;
  return true;
end $$;

update campaign_opt_outs o set reason = null
from erased_things t
where t.project_id = o.project_id and t.global_id = o.contact and t.kind = 'contact' and o.reason is not null;

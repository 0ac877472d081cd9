-- Contacts to whom no campaign writes. New table only. The column is not named contact_global_id on purpose: an erasure, which
-- finds its rows by that name, must leave the wish to be left alone. It holds a number and nothing else of the contact, like
-- erased_things.
create table campaign_opt_outs (
  project_id uuid not null references projects (id),
  contact    text not null check (starts_with(contact, 'cwc:')),
  reason     text check (length(reason) <= 500),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (project_id, contact)
);

-- GET /opt-outs, newest first.
create index campaign_opt_outs_listed on campaign_opt_outs (project_id, created_at, contact);

-- Chatwoot merges a contact into another by giving it the other's conversations. Who did not want to be written to must not be
-- written to under the other number; the gate that each message passes looks here. With the owner's rights: the sync, which
-- stores the conversations, writes no opt-outs.
create function keep_opt_out_of_merged() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into campaign_opt_outs (project_id, contact, reason, created_by)
  select o.project_id, new.contact_global_id, 'merged with ' || o.contact, o.created_by
  from campaign_opt_outs o where o.project_id = new.project_id and o.contact = old.contact_global_id
  on conflict do nothing;
  return null;
end $$;

create trigger cw_conversations_keep_opt_out after update of contact_global_id on cw_conversations
  for each row when (new.contact_global_id <> old.contact_global_id) execute function keep_opt_out_of_merged();

-- Whether a message says that its writer wants no more of them: whole phrases only, or a message that is nothing but the word.
-- Who says it otherwise is found by people.
create function wants_no_more(said text) returns boolean language sql immutable as $$
  select trim(both E' \t\r\n.!,*"\'' from lower(said)) in (
      'stop', 'stop all', 'unsubscribe', 'opt out', 'baja', 'cancelar suscripción', 'sair', 'descadastrar', 'cancelar inscrição',
      'abmelden', 'abbestellen', 'désabonner', 'se désabonner', 'désinscription', 'стоп', 'отписаться', 'отписка')
    or lower(said) ~ (
      -- English
      '(unsubscribe me|please unsubscribe|remove me from (this|your|the) (mailing )?list|take me off (this|your|the) (mailing )?list'
      || '|stop (writing|messaging|texting|contacting|emailing)( to)? me|stop sending me (these |such |your )?messages'
      || '|(do not|don.?t) (write|message|text|contact|email)( to)? me (again|any ?more)|opt me out|i want to opt out'
      || '|(please,? no|want no|send no|send me no) more (of these |of your )?messages|no more messages,? please'
      -- Spanish
      || '|no me (escriban?|escribas|contacten?|contactes) m[aá]s|no quiero (recibir )?m[aá]s mensajes|no quiero recibir mensajes'
      || '|dej(a|e|en) de (escribirme|contactarme|mandarme mensajes|enviarme mensajes)|quiero darme de baja de (los|estos|sus) mensajes'
      -- Portuguese
      || '|n[aã]o quero (mais receber|receber mais) (estas |essas |suas )?mensagens|n[aã]o me (escrevam?|contatem?|contactem?) mais'
      || '|n[aã]o me mandem? mais mensagens|par(e|em) de me (escrever|contatar|mandar mensagens|enviar mensagens)'
      -- German
      || '|(schreiben sie|schreibt|schreib) mir (bitte )?nicht mehr|kontaktieren sie mich (bitte )?nicht mehr'
      || '|(senden|schicken) sie mir (bitte )?keine (weiteren )?nachrichten|bitte keine (weiteren )?nachrichten mehr'
      || '|ich (möchte|will) keine (weiteren )?nachrichten mehr|h(ören|oeren) sie auf,? mir zu schreiben'
      -- French
      || '|ne m.(écrivez|ecrivez) plus|ne me contactez plus|désabonnez[- ]moi|désinscrivez[- ]moi'
      || '|arr[eê]tez de m.(écrire|ecrire|envoyer des messages)|je ne (veux|souhaite) plus recevoir (de |ces |vos )messages'
      -- Russian
      || '|не пишите мне больше|больше (мне )?не пишите|перестаньте (мне )?писать|отпишите меня|хочу отписаться'
      || '|не присылайте (мне )?больше сообщени|больше не присылайте (мне )?сообщени|не хочу (больше )?получать (ваши |эти )?сообщения)')
$$;

-- Who answers a campaign like that has opted out, in the transaction that stores the answer. Only answers to campaigns, so that
-- nothing else that people say is read for it; the opt-out holds none of the words.
create function note_opt_outs() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into campaign_opt_outs (project_id, contact, reason, created_by)
  select distinct answers.project_id, answers.contact, 'wrote that they want no more messages', 'the contact'
  from (
    select r.project_id, r.content,
      (select v.contact_global_id from cw_conversations v where v.global_id = r.conversation_global_id) as contact
    from new_rows r
      -- By its index, however many messages there are.
      cross join lateral (
        select from outbound_messages o
        where o.conversation_global_id = r.conversation_global_id and o.claimed_at <= r.created_at + interval '1 minute'
          and o.state <> 'would_send'
        limit 1) written
    where r.message_type = 'incoming' and r.content is not null and r.deleted_at is null
    -- Only then are words looked at.
    offset 0) answers
  where answers.contact is not null and wants_no_more(answers.content)
  on conflict do nothing;
  return null;
end $$;

create trigger cw_messages_note_opt_outs after insert on cw_messages referencing new table as new_rows
  for each statement execute function note_opt_outs();

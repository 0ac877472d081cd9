-- Two ways to ask for no more messages that V054 did not hear. Functions only: no row is read, and the trigger stays.
--
-- 1. A word with a "please": "Please stop" is the same wish as "Stop".
-- 2. An answer in another conversation: Chatwoot begins a new one when the contact's last is resolved, unless the inbox has one
--    conversation per contact, and campaigns write to resolved ones, too.

-- Whether a message says that its writer wants no more of them: whole phrases only, or a message that is nothing but the word,
-- with or without a please.
-- Who says it otherwise is found by people.
create or replace function wants_no_more(said text) returns boolean language sql immutable as $$
  select trim(both E' \t\r\n.!,*"\'' from regexp_replace(lower(said),
      'please|por favor|bitte|svp|s.il (vous|te) pla[iî]t|пожалуйста', '', 'g')) in (
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
create or replace function note_opt_outs() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into campaign_opt_outs (project_id, contact, reason, created_by)
  select distinct answers.project_id, answers.contact, 'wrote that they want no more messages', 'the contact'
  from (
    select r.project_id, r.content, v.contact_global_id as contact
    from new_rows r
      -- By their indexes, however many rows there are.
      cross join lateral (
        select c.contact_global_id from cw_conversations c where c.global_id = r.conversation_global_id limit 1) v
      cross join lateral (
        (select 1 from outbound_messages o
         where o.contact_global_id = v.contact_global_id and o.claimed_at <= r.created_at + interval '1 minute'
           and o.state <> 'would_send'
         limit 1)
        union all
        -- Written to as the contact that was merged into this one.
        (select 1 from outbound_messages o
         where o.conversation_global_id = r.conversation_global_id and o.claimed_at <= r.created_at + interval '1 minute'
           and o.state <> 'would_send'
         limit 1)
        limit 1) written
    where r.message_type = 'incoming' and r.content is not null and r.deleted_at is null
    -- Only then are words looked at.
    offset 0) answers
  where answers.contact is not null and wants_no_more(answers.content)
  on conflict do nothing;
  return null;
end $$;

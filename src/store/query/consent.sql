-- What people have agreed to (core/renewal.h).

-- name: consent_insert
-- Somebody agrees to something.
insert into consents (id, user_id, subscription_id, kind, operation_id, operation, actor_kind, actor, locale, words, words_hash, tier,
       plan_version, billing_interval, amount, currency, renews_at, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18);

-- name: consent_page
-- What was agreed to, the newest first? /*fanout*/
select id, user_id, subscription_id, kind, operation_id, operation, actor_kind, actor, locale, words, words_hash, tier, plan_version,
       billing_interval, amount, currency, renews_at, created_at
from consents
where id < ?2
  and ?1 = ''
order by id desc
limit ?3;

-- name: consent_page_of
-- What has this customer agreed to, the newest first?
select id, user_id, subscription_id, kind, operation_id, operation, actor_kind, actor, locale, words, words_hash, tier, plan_version,
       billing_interval, amount, currency, renews_at, created_at
from consents
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: consent_given
-- Was this agreed to for this subscription?
select count(*)
from consents
where user_id = ?1
  and subscription_id = ?2
  and kind = ?3;

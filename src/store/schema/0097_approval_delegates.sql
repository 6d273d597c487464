-- Whom a request for approval was handed to; null: nobody in particular. Others who may decide it still may.
alter table approvals add column delegated_to {text};
alter table approvals add column delegated_at {int};

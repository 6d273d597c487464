-- How many there are of what, counted whole: for who has played a year and wants to see what came of it.

-- name: census
-- Customers; invoices, of these paid; attempts to pay that were declined; cases of dunning, of these closed with the
-- money; mails; entries of the audit log? /*fanout*/
select (select count(*) from customers),
       (select count(*) from invoices),
       (select count(*) from invoices where status = 'paid'),
       (select count(*) from payment_attempts where status = 'failed'),
       (select count(*) from dunning_cases where kind <> 'dispute'),
       (select count(*)
        from dunning_cases d
          join invoices i on i.user_id = d.user_id and i.id = d.invoice_id
        where d.kind <> 'dispute'
          and i.status = 'paid'),
       (select count(*) from mails);

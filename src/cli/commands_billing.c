/* What was billed and told: comparing with the payment provider, invoices, mails, webhooks. */
#include "cli/command_options.h"

static const struct command_option reconcile_options[] = {
    {.name = "user", .value = "ID", .doc = "Only this customer"},
    {.name = "dry-run", .doc = "Find the differences, and repair none"},
    ASK_OPTIONS,
};

static const struct command_option explain_options[] = {
    {.name = "user",
     .value = "ID",
     .is_required = true,
     .doc = "The userId of the customer whose invoice it is"},
    ASK_OPTIONS,
};

static const struct command_option revenue_rebuild_options[] = {
    {.name = "dry-run", .doc = "Count what differs, and write nothing"},
    ASK_OPTIONS,
};

static const struct command_option outbox_list_options[] = {
    {.name = "user", .value = "ID", .doc = "Only to this customer"},
    {.name = "status",
     .value = "STATUS",
     .doc = "Only what stands so: local, queued, leased, sent, failed, suppressed"},
    {.name = "limit",
     .value = "N",
     .fallback = "100",
     .min = 1,
     .max = 10000,
     .doc = "At most so many mails"},
    ASK_OPTIONS,
};

static const struct command_option outbox_show_options[] = {ASK_OPTIONS};

static const struct command_option webhooks_list_options[] = {ASK_OPTIONS};

static const struct command_option webhooks_deliveries_options[] = {
    {.name = "endpoint", .value = "ID", .doc = "Only to this endpoint: whep_…"},
    {.name = "status", .value = "STATUS", .doc = "Only what stands so: waiting, delivered, failed"},
    {.name = "type", .value = "TYPE", .doc = "Only events of this type, such as invoice.paid"},
    {.name = "user", .value = "ID", .doc = "Only events of this customer"},
    {.name = "limit",
     .value = "N",
     .fallback = "100",
     .min = 1,
     .max = LIMIT_PAGE,
     .doc = "At most so many deliveries"},
    ASK_OPTIONS,
};

static const struct command_option webhooks_replay_options[] = {
    {.name = "since",
     .value = "INSTANT",
     .is_required = true,
     .doc = "Of the events since then: 2015-05-17T00:00:00Z"},
    ASK_OPTIONS,
};

static const struct command rows[] = {
    {.name = "reconcile",
     .summary = "Compare everything with the payment provider, and repair what is safe",
     .doc = "Walks customers, subscriptions, invoices, payments and refunds both ways. Differences "
            "that are declared safe are repaired, the others are listed and left for a person "
            "(docs/reference/differences.md). The server does it once a day by itself. The exit "
            "status is 1 when differences are left.",
     OPTIONS(reconcile_options),
     .run = run_reconcile},
    {.name = "explain",
     .summary = "Print how the lines of an invoice came to their amounts",
     .doc =
         "Each line with what it bills, the plan's version, the coupon and the formula, and what "
         "it comes to when it is computed once more, in whole minor units. Exit status is 1 when "
         "a line comes to something else than was billed; a line that cannot be computed says "
         "why.",
     .operand = "INVOICE",
     .operand_doc = "its id, as /api/billing/invoices gives it: invo_…",
     .second = "LINE",
     .second_doc = "only this line, counted from 1",
     OPTIONS(explain_options),
     .run = run_explain},
    {.name = "revenue rebuild",
     .summary = "Make all sums of revenue anew from the facts, and say what differed",
     .doc = "Days, months and cohorts are added up once more from the rows, which are never "
            "changed; where rows say otherwise than a subscription, a row with the reason "
            "correction is added. Reports go on meanwhile, and the run goes on when this command "
            "is ended. Exit status is 1 when --dry-run finds differences.",
     OPTIONS(revenue_rebuild_options),
     .run = run_revenue_rebuild},
    {.name = "outbox list",
     .summary = "List the mails that were written, the newest first",
     .doc = "One line a mail: id, when it was written, status, kind, userId, address, subject.",
     OPTIONS(outbox_list_options),
     .run = run_outbox_list},
    {.name = "outbox show",
     .summary = "Print one mail: how far it has come, its headers and its text",
     .operand = "ID",
     .operand_doc = "of the mail, as outbox list gives it",
     OPTIONS(outbox_show_options),
     .run = run_outbox_show},
    {.name = "webhooks list",
     .summary = "List the webhook endpoints: who is told of billing events",
     .doc = "One line an endpoint: id, status, since when its attempts fail, URL, types.",
     OPTIONS(webhooks_list_options),
     .run = run_webhooks_list},
    {.name = "webhooks deliveries",
     .summary = "List what webhook endpoints are told, the newest first",
     .doc = "One line a delivery: id, when the event was, status, attempts, type, userId, error.",
     OPTIONS(webhooks_deliveries_options),
     .run = run_webhooks_deliveries},
    {.name = "webhooks replay",
     .summary = "Send an endpoint once more all that has failed since then",
     .doc = "What happened while it was disabled is among it.",
     .operand = "ENDPOINT",
     .operand_doc = "its id, as webhooks list gives it: whep_…",
     OPTIONS(webhooks_replay_options),
     .run = run_webhooks_replay},
};
const struct command_family commands_billing = {rows, ARRAY_LEN(rows)};

/* How long what is kept, what may go, and who is held. */
#include "cli/command_options.h"

static const struct command_option ask_options[] = {ASK_OPTIONS};
static const struct command_option purge_options[] = {
    {.name = "reason", .value = "TEXT", .is_required = true, .doc = "For who has to agree"},
    ASK_OPTIONS,
};
static const struct command_option holds_options[] = {
    {.name = "all", .doc = "Those that have ended, too"},
    ASK_OPTIONS,
};
static const struct command_option hold_options[] = {
    {.name = "reason",
     .value = "TEXT",
     .is_required = true,
     .doc = "Why: a case and its number. It stands in the audit log: no names"},
    {.name = "until",
     .value = "INSTANT",
     .is_required = true,
     .doc = "When it ends by itself: 2030-01-01T00:00:00Z"},
    ASK_OPTIONS,
};

static const struct command rows[] = {
    {.name = "retention schedule",
     .summary = "List everything that is kept: how it goes, for how long, and what may go now",
     .doc = "One line a kind: kind, how it goes, its period, the least that may be said, how much "
            "may go now, from before when. With --json also why it is kept.",
     OPTIONS(ask_options),
     .run = run_retention_schedule},
    {.name = "retention plan",
     .summary = "Count what may go, and print the plan; nothing goes",
     .doc =
         "Waits until every customer has been looked at. The first line is the plan: id, status, "
         "of how many customers the books may go, of how many they went, how many are left, and "
         "the hash that a second person agrees to; then a line a kind of rows: kind, rows, how "
         "many went, from before when.",
     OPTIONS(ask_options),
     .run = run_retention_plan},
    {.name = "retention show",
     .summary = "Print how a plan stands",
     .operand = "PLAN",
     .operand_doc = "its id, as retention plan gives it: rpln_…",
     OPTIONS(ask_options),
     .run = run_retention_show},
    {.name = "retention purge",
     .summary = "Carry a plan out, or ask for the second person who must agree",
     .doc = "Where books of customers go, a second person must agree first: then this prints the "
            "approval's id, and nothing goes until they do. Else it waits until all has gone.",
     .operand = "PLAN",
     .operand_doc = "its id, as retention plan gives it: rpln_…",
     OPTIONS(purge_options),
     .run = run_retention_purge},
    {.name = "retention holds",
     .summary = "List the customers of whom nothing goes",
     .doc = "One line a hold: userId, until when, when it ended, by whom, why.",
     OPTIONS(holds_options),
     .run = run_retention_holds},
    {.name = "retention hold",
     .summary = "Hold a customer: nothing of theirs goes, however old",
     .operand = "USER",
     .operand_doc = "the userId of the customer",
     OPTIONS(hold_options),
     .run = run_retention_hold},
    {.name = "retention release",
     .summary = "End a hold: from now on what is old may go",
     .operand = "USER",
     .operand_doc = "the userId of the customer",
     OPTIONS(ask_options),
     .run = run_retention_release},
};
const struct command_family commands_retention = {rows, ARRAY_LEN(rows)};

/* Who did what, and what auditors are shown. */
#include "cli/command_options.h"

static const struct command_option approvals_list_options[] = {
    {.name = "status",
     .value = "STATUS",
     .doc = "Only what stands so: pending, executed, failed, rejected, withdrawn, expired"},
    {.name = "user", .value = "ID", .doc = "Only about this customer"},
    {.name = "limit",
     .value = "N",
     .fallback = "100",
     .min = 1,
     .max = LIMIT_PAGE,
     .doc = "At most so many"},
    ASK_OPTIONS,
};

static const struct command_option approvals_show_options[] = {ASK_OPTIONS};

static const struct command_option access_reviews_options[] = {ASK_OPTIONS};

static const struct command_option audit_verify_options[] = {
    {.name = "checkpoint",
     .value = "FILE",
     .doc = "Checkpoints that were kept elsewhere, one after the other"},
    {.name = "proof", .value = "FILE", .doc = "Look at this proof alone; needs --public-key"},
    {.name = "public-key",
     .value = "KEY",
     .doc = "Whose signatures count, if not those whom the store names: turnpike/inst_…+…+…"},
    DATA_OPTION,
    JSON_OPTION,
};

static const struct command_option audit_options[] = {DATA_OPTION};

static const struct command_option audit_consistency_options[] = {
    {.name = "checkpoint",
     .value = "FILE",
     .is_required = true,
     .doc = "A checkpoint that was kept elsewhere; of several the first"},
    DATA_OPTION,
};

static const struct command_option audit_export_options[] = {
    {.name = "format", .value = "WORD", .fallback = "jsonl", .doc = "jsonl or csv"},
    DATA_OPTION,
};

static const struct command_option evidence_create_options[] = {
    {.name = "from",
     .value = "INSTANT",
     .is_required = true,
     .doc = "Where the period begins: 2026-01-01T00:00:00Z"},
    {.name = "to",
     .value = "INSTANT",
     .is_required = true,
     .doc = "Before which it ends; at most two years after, and not in the future"},
    ASK_OPTIONS,
};

static const struct command_option evidence_list_options[] = {ASK_OPTIONS};

static const struct command_option evidence_download_options[] = {
    {.name = "to", .value = "FILE", .doc = "Where to; turnpike-evidence-ID.zip when not given"},
    ASK_OPTIONS,
};

static const struct command_option evidence_verify_options[] = {
    {.name = "public-key",
     .value = "KEY",
     .doc = "Whose signature counts, as turnpike audit keys prints it; else those of --data"},
    {.name = "data",
     .value = "DIR",
     .variable = "TURNPIKE_DATA",
     .fallback = "./turnpike-data",
     .doc = "The data folder whose keys count; not read with --public-key"},
    JSON_OPTION,
};

static const struct command_option keyring_status_options[] = {ASK_OPTIONS};

static const struct command rows[] = {
    {.name = "approvals list",
     .summary = "List what needs a second person, the newest first",
     .doc =
         "One line each: id, status, action, when it was asked for, userId, what it is about, by "
         "whom.",
     OPTIONS(approvals_list_options),
     .run = run_approvals_list},
    {.name = "approvals show",
     .summary = "Show what one is about: what will be done, what it rests on, what it changes",
     .doc = "People decide it where they are signed in, not commands.",
     .operand = "ID",
     .operand_doc = "its id, as approvals list gives it: appr_…",
     OPTIONS(approvals_show_options),
     .run = run_approvals_show},
    {.name = "access-reviews list",
     .summary = "List reviews of who has access, the newest first",
     .doc = "One line a review: id, status, when it was opened, is due, was closed.",
     OPTIONS(access_reviews_options),
     .run = run_access_reviews_list},
    {.name = "access-reviews show",
     .summary = "Print who is looked at in a review of access, and what was decided",
     .doc = "One line each: id, operator or key, who, what they held, the decision, by whom, why. "
            "People decide, who are signed in; a command does not.",
     .operand = "ID",
     .operand_doc = "its id, as access-reviews list gives it: acrv_…",
     OPTIONS(access_reviews_options),
     .run = run_access_reviews_show},
    {.name = "audit verify",
     .summary = "Look at every row of the audit log once more, and at what was signed",
     .doc = "Reads the database, while a server may be running on it, and names the first bad row "
            "of each chain and what is wrong with it. With --checkpoint it also finds what was cut "
            "off or written anew. Exit status is 1 when something is wrong.",
     OPTIONS(audit_verify_options),
     .run = run_audit_verify},
    {.name = "audit prove",
     .summary = "Print a proof that a row was signed, for somebody else",
     .doc = "The proof holds by itself: whoever has it and the public key (turnpike audit keys) "
            "looks at it with turnpike audit verify --proof FILE --public-key KEY.",
     .operand = "ID",
     .operand_doc = "of the row: audt_…",
     OPTIONS(audit_options),
     .run = run_audit_prove},
    {.name = "audit consistency",
     .summary = "Print a proof that a kept checkpoint is the beginning of the newest",
     .doc =
         "For whoever kept it: nothing of what was signed then was changed since. It is looked at "
         "with turnpike audit verify --proof FILE --public-key KEY.",
     OPTIONS(audit_consistency_options),
     .run = run_audit_consistency},
    {.name = "audit keys",
     .summary = "Print the public keys whose signatures count",
     OPTIONS(audit_options),
     .run = run_audit_keys},
    {.name = "audit export",
     .summary = "Print every row of the audit log",
     .doc = "Chain by chain, as lines of JSON or as CSV. In CSV a cell that a spreadsheet would "
            "compute has an apostrophe before it.",
     OPTIONS(audit_export_options),
     .run = run_audit_export},
    {.name = "evidence create",
     .summary = "Ask for the evidence of a period, as auditors want it, and print its id",
     .doc = "Waits until the file is made; it is kept for thirty days. docs/guide/compliance.md "
            "says what is in it.",
     OPTIONS(evidence_create_options),
     .run = run_evidence_create},
    {.name = "evidence list",
     .summary = "List packs of evidence: of which period, and who asked",
     .doc = "One line a pack: id, status, from, to, when it was asked for, by whom, size.",
     OPTIONS(evidence_list_options),
     .run = run_evidence_list},
    {.name = "evidence download",
     .summary = "Fetch a pack of evidence into a new file, and print its path",
     .operand = "ID",
     .operand_doc = "its id, as evidence list gives it: evpk_…",
     OPTIONS(evidence_download_options),
     .run = run_evidence_download},
    {.name = "evidence verify",
     .summary = "Look whether a pack of evidence is what was signed",
     .doc = "Needs no server, and with --public-key no data folder. Names each file that is not "
            "what was signed. Exit status is 1 when something is wrong.",
     .operand = "FILE",
     .operand_doc = "the pack",
     OPTIONS(evidence_verify_options),
     .run = run_evidence_verify},
    {.name = "pci check",
     .summary = "Say what of PCI DSS the installation meets, and what is left to do",
     .doc = "The running server asks for its own pages as browsers do and compares them with what "
            "is built in. Each check is pass, fail, or not_ours: what no program can do. Status 1 "
            "when one fails.",
     OPTIONS(keyring_status_options),
     .run = run_pci_check},
};
const struct command_family commands_audit = {rows, ARRAY_LEN(rows)};

/* The use cases' common ground: what is sold, what is stored, what is counted, who charges.
 *
 * A use case is a function that runs as one transaction on the writer's thread, or a read on the
 * loop's thread over the last commit. Commands that change something are structs that embed a
 * `struct command`: the caller fills the inputs, submits, and reads the outputs in `done`, which is
 * called on the loop's thread. The struct is the caller's and must live until then. */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/key_cache.h"
#include "app/outcome.h"
#include "app/ports.h"
#include "app/progress.h"
#include "core/catalogue.h"
#include "store/row.h"
#include "store/writer.h"

struct act;
struct audit_signer;
struct app_settings;
struct evidence_program;
struct gate;
struct journal;
struct key_safe;
struct key_source;
struct keyring;
struct limit_told;
struct mailer;
struct oidc_provider;
struct operation_waiter;
struct usage_alert_hints;
struct usage_group;
struct usage_patterns;

/* Places at which use cases failed, as operators were told; of the loop's thread (failure.h). */
enum { FAILURES_KEPT = 16 };
struct failures_told {
    struct {
        const char *file; /* NULL: none */
        int line;
        int64_t day; /* since 1970 */
    } places[FAILURES_KEPT];
    size_t next; /* is overwritten next */
};

/* Of the group under way (limit_told.h). */
struct limit_told_lists {
    struct limit_told *given, *changing;
};

struct app {
    struct env *env;
    struct catalogue *catalogue;
    struct plan_book *plan_book; /* what contracts sell; the catalogue looks into it. May be NULL */
    struct payments *payments;
    struct mailer *mailer; /* NULL in tests that read no mail */
    struct writer *writer;
    struct db *reader; /* of the loop's thread */
    struct key_safe *safe;
    struct keyring *writer_keys;   /* of the writer's connection and thread */
    struct keyring *reader_keys;   /* of the loop's */
    struct key_source *key_source; /* where keys come from; NULL in tests that rotate none */
    bool is_renewing_keys;         /* it was asked; of the loop's thread */
    bool has_settled_keys;         /* it was told that the first is enough, by the walk that runs */
    struct gate *gate;
    struct journal *journal;
    struct usage_group *usage;       /* what is to be added to totals */
    uint64_t batches;                /* of several customers, so far; of the loop's thread */
    struct usage_patterns *patterns; /* who was seen (usage_pattern.h); of the writer's thread */
    struct adoption_ear *adoption;   /* what was heard (adoption.h); of the loop's thread */
    struct usage_alert_hints *usage_alerts; /* what customers watch; of the writer's thread */
    bool is_catching_up;                    /* with them; of the loop's thread */
    bool has_news;      /* what has ended may have left the jobs something; of the loop's thread */
    bool has_take_rows; /* with answers (take_memory.c); of the writer's thread */
    struct limit_told_lists told;
    struct str installation_id;              /* made once, kept in the store */
    struct str mail_key;                     /* the same: signs the links of mails */
    struct str audit_key;                    /* the same: veils what is personal in the audit log */
    const struct audit_signer *audit_signer; /* who signs the log (audit_log.h); NULL: nobody */
    const struct evidence_program *evidence; /* what starts (evidence.h); NULL: nobody said */
    struct app_settings *settings;           /* how it was set up (settings.h); the same */
    bool taxes;                              /* the provider works out the tax of every sale */
    bool is_test;                            /* the payment provider moves no real money */
    struct duration step_up_age_max;         /* of a proof that a change asks for; core/session.h */
    int64_t file_size_max;                   /* of exports and packs, in bytes; 0: any */
    bool allows_private_hosts;               /* webhooks may go to this machine and its network */
    struct oidc_provider *oidc;              /* people may come in by it; NULL: there is none */
    struct operation_waiter *waiters;        /* requests that wait for an operation to end */
    uint64_t called_back_ns[64]; /* when what is leased was last called back; app/lease_end.c */
    struct failures_told failures;
    bool is_ingestion_paused;           /* usage events wait (ingestion.h); the same */
    struct instant ingestion_paused_at; /* valid while they do */
    struct progress archiving;          /* a file of invoices; of the loop's thread */
    struct key_cache keys;              /* of the loop's thread: found valid lately */
    /* Of the loop's thread: the request whose handler runs (app/actor.h). NULL: the program acts by
     * itself. */
    const struct act *acting;
};

/* What a command reads of the stored totals, which follow the journal (usage_totals.h). */
enum command_totals {
    COMMAND_TOTALS_ALL,    /* anything, or changes what they are counted by */
    COMMAND_TOTALS_OF,     /* those of `customer` */
    COMMAND_TOTALS_OLDEST, /* none: it is there to let the oldest be written */
};

/* A use case that writes. */
struct command {
    struct write write; /* first: the writer hands it back */
    struct app *app;
    /* Inside the transaction. Sets `outcome`; an outcome other than DONE or CREATED need not roll
     * back: what it wrote stands. Returning an error does. */
    struct err (*run)(struct command *command, struct tx *tx);
    void (*after)(struct command *command); /* on the writer's thread once durable; may be NULL */
    void (*done)(struct command *command);  /* on the loop's thread */
    void *context;                          /* the caller's */
    enum outcome outcome;
    bool has_rows;   /* it wrote some by itself: set by running it */
    struct act *act; /* whose it is, a copy of its own: set by submitting it. NULL: the program's */
    /* Set by submitting it. */
    enum command_totals totals;
    struct str customer;
};

/* Memory for a struct that begins with a command, NULL when there is none: zeroed but for the text
 * of a failure, which is longer than all the rest and which most have not. */
void *command_room(struct arena *arena, size_t size);
#define COMMAND_NEW(arena, type) ((type *)command_room((arena), sizeof(type)))

/* Queues the command (store/write_queue.h: who is next). When the queue is full or the store fails,
 * `done` sees STORE_BUSY, STORE_FULL or STORE_FAILED; the first of these before this returns. When
 * `run` fails, it alone is undone, `done` sees INTERNAL, and operators are told (failure.h). */
void command_submit(struct app *app, struct command *command);
/* The same for one that does not read all totals; `customer` is empty unless it is TOTALS_OF. */
void command_submit_with(struct app *app, struct command *command, enum command_totals totals,
                         struct str customer);
/* The same for one that adds usage (usage_group.h) and reads no totals; somebody's request waits
 * for it, so it comes before commands. `weight` counts records. */
void command_submit_decision(struct app *app, struct command *command, size_t weight);
/* The same for events, which come after them: `lane` is a number of the customer's. Customers take
 * turns; one whose events have waited too long is BUSY. */
void command_submit_events(struct app *app, struct command *command, size_t weight, uint64_t lane);

/* A read on the loop's thread: gives the transaction over the last commit. */
struct tx app_read(struct app *app, struct cx *cx);

/* "2026-11-22T10:00:00Z" of the app's clock. */
struct instant app_now(const struct app *app);

#endif

/* Prints docs/reference/states.md from the state tables of core: a diagram and a table for each of
 * subscriptions, invoices, dunning, approvals and contracts. tools/reference.py runs it; nothing
 * here knows a transition, every cell is asked of the step functions. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "core/approval.h"
#include "core/contract.h"
#include "core/dunning.h"
#include "core/invoice.h"
#include "core/subscription.h"

/* What one event does in one status; the same for all machines. */
struct step {
    bool is_legal;
    unsigned next;
    unsigned effects;
};

struct effect {
    unsigned bit;
    const char *name;
};

struct machine {
    const char *title;
    const char *about;
    unsigned status_count, event_count;
    unsigned first; /* the status that a new one has */
    const char *(*status_name)(unsigned status);
    const char *(*event_name)(unsigned event);
    struct step (*step)(unsigned status, unsigned event);
    const struct effect *effects; /* ends with bit 0 */
};

/* --- subscriptions --- */

static const struct effect subscription_effects[] = {
    {SUBSCRIPTION_GRANT, "grant the plan"},
    {SUBSCRIPTION_RESTRICT, "restrict to free"},
    {SUBSCRIPTION_FALL_TO_FREE, "fall to free"},
    {SUBSCRIPTION_BEGIN_USAGE_PERIOD, "begin a usage period"},
    {SUBSCRIPTION_RENEW, "begin a billing period"},
    {SUBSCRIPTION_OPEN_CASE, "open a dunning case"},
    {SUBSCRIPTION_CLOSE_CASE, "close the dunning case"},
    {SUBSCRIPTION_SCHEDULE_END, "remember the end"},
    {SUBSCRIPTION_CLEAR_END, "forget the end"},
    {0, NULL},
};

static const char *subscription_status(unsigned status) {
    return subscription_status_name((enum subscription_status)status);
}

static const char *subscription_event(unsigned event) {
    return subscription_event_name((enum subscription_event)event);
}

static struct step subscription(unsigned status, unsigned event) {
    struct subscription_step step =
        subscription_step((enum subscription_status)status, (enum subscription_event)event);
    return (struct step){step.is_legal, step.next, step.effects};
}

/* --- invoices --- */

static const struct effect no_effects[] = {{0, NULL}};

static const char *invoice_status(unsigned status) {
    return invoice_status_name((enum invoice_status)status);
}

static const char *invoice_event(unsigned event) {
    return invoice_event_name((enum invoice_event)event);
}

static struct step invoice(unsigned status, unsigned event) {
    struct invoice_step step = invoice_step((enum invoice_status)status, (enum invoice_event)event);
    return (struct step){step.is_legal, step.next, 0};
}

/* --- dunning --- */

static const struct effect dunning_effects[] = {
    {DUNNING_CHARGE, "charge now"},
    {DUNNING_RESTRICT, "restrict to free"},
    {DUNNING_RESTORE, "restore the plan"},
    {DUNNING_CANCEL, "end the subscription"},
    {DUNNING_MAIL_FAILED, "tell: it failed"},
    {DUNNING_MAIL_RESTRICTED, "tell: access is restricted"},
    {DUNNING_MAIL_ENDED, "tell: it has ended"},
    {DUNNING_MAIL_RECOVERED, "tell: it is paid"},
    {0, NULL},
};

static const char *dunning_status(unsigned status) {
    return dunning_status_name((enum dunning_status)status);
}

static const char *dunning_event(unsigned event) {
    return dunning_event_name((enum dunning_event)event);
}

/* A case at the moment at which the event can come: when access ends, and, for the last failure,
 * with one retry left. */
static struct step dunning(unsigned status, unsigned event) {
    const struct dunning_policy *policy = &dunning_policy_default;
    struct dunning_case before = dunning_open(policy, (struct instant){0}, false).next;
    before.status = (enum dunning_status)status;
    before.has_next_attempt = before.status == DUNNING_OPEN;
    before.attempts = event == DUNNING_LAST_FAILED ? policy->retry_count - 1 : 0;
    struct dunning_input input = {
        .event = (enum dunning_event)event,
        .now = before.access_until,
        .extend = instant_add(before.access_until, duration_days(1)),
    };
    struct dunning_step step = dunning_step(policy, &before, &input);
    return (struct step){step.is_legal, step.next.status, step.effects};
}

/* --- approvals --- */

static const char *approval_status(unsigned status) {
    return approval_status_name((enum approval_status)status);
}

static const char *approval_event(unsigned event) {
    return approval_event_name((enum approval_event)event);
}

static struct step approval(unsigned status, unsigned event) {
    struct approval_step step =
        approval_step((enum approval_status)status, (enum approval_event)event);
    return (struct step){step.is_legal, step.next, 0};
}

/* --- contracts --- */

static const char *contract_status(unsigned status) {
    return contract_status_name((enum contract_status)status);
}

static const char *contract_event(unsigned event) {
    return contract_event_name((enum contract_event)event);
}

static struct step contract(unsigned status, unsigned event) {
    struct contract_step step =
        contract_step((enum contract_status)status, (enum contract_event)event);
    return (struct step){step.is_legal, step.next, 0};
}

/* --- printing --- */

static const struct machine machines[] = {
    {"Subscriptions", "The statuses are Stripe's; `absent` is the customer on `free`.",
     SUBSCRIPTION_STATUS_COUNT, SUBSCRIPTION_EVENT_COUNT, SUBSCRIPTION_ABSENT, subscription_status,
     subscription_event, subscription, subscription_effects},
    {"Invoices", "The statuses are Stripe's.", INVOICE_STATUS_COUNT, INVOICE_EVENT_COUNT,
     INVOICE_DRAFT, invoice_status, invoice_event, invoice, no_effects},
    {"Dunning",
     "A failed payment opens a case. The machine is complete; the job that drives it is "
     "not here yet.",
     DUNNING_STATUS_COUNT, DUNNING_EVENT_COUNT, DUNNING_OPEN, dunning_status, dunning_event,
     dunning, dunning_effects},
    {"Approvals",
     "What needs a second person. `approve` and what follows it are one transaction, so that "
     "nobody "
     "sees `approved`.",
     APPROVAL_STATUS_COUNT, APPROVAL_EVENT_COUNT, APPROVAL_PENDING, approval_status, approval_event,
     approval, no_effects},
    {"Contracts", "A plan at terms of its own. What is not here yet: supersede, renew and end.",
     CONTRACT_STATUS_COUNT, CONTRACT_EVENT_COUNT, CONTRACT_REQUESTED, contract_status,
     contract_event, contract, no_effects},
};

/* One arrow from a status to another, with every event that takes it. */
static void print_arrow(const struct machine *machine, unsigned from, unsigned to) {
    bool is_first = true;
    for (unsigned event = 0; event < machine->event_count; event++) {
        struct step step = machine->step(from, event);
        if (!step.is_legal || step.next != to) {
            continue;
        }
        if (is_first) {
            printf("    %s --> %s : ", machine->status_name(from), machine->status_name(to));
        }
        printf("%s%s", is_first ? "" : ", ", machine->event_name(event));
        is_first = false;
    }
    printf("%s", is_first ? "" : "\n");
}

/* Changes of status only: what stays in its status is in the table. */
static void print_diagram(const struct machine *machine) {
    printf("```mermaid\nstateDiagram-v2\n    [*] --> %s\n", machine->status_name(machine->first));
    for (unsigned from = 0; from < machine->status_count; from++) {
        for (unsigned to = 0; to < machine->status_count; to++) {
            if (from != to) {
                print_arrow(machine, from, to);
            }
        }
    }
    printf("```\n\n");
}

static void print_effects(const struct machine *machine, unsigned effects) {
    const char *gap = "";
    for (const struct effect *effect = machine->effects; effect->bit != 0; effect++) {
        if ((effects & effect->bit) != 0) {
            printf("%s%s", gap, effect->name);
            gap = ", ";
        }
        effects &= ~effect->bit;
    }
    check(effects == 0); /* an effect without a name above */
}

static void print_table(const struct machine *machine) {
    printf("| in | on | becomes | and |\n|---|---|---|---|\n");
    for (unsigned status = 0; status < machine->status_count; status++) {
        for (unsigned event = 0; event < machine->event_count; event++) {
            struct step step = machine->step(status, event);
            if (step.is_legal) {
                printf("| %s | %s | %s | ", machine->status_name(status),
                       machine->event_name(event), machine->status_name(step.next));
                print_effects(machine, step.effects);
                printf(" |\n");
            }
        }
    }
    printf("\n");
}

int main(void) {
    printf(
        "# States\n\nPrinted from the tables of `src/core`; `./dev docs` writes it anew. What is "
        "not listed is refused and changes nothing.\n\n");
    for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
        const struct machine *machine = &machines[i];
        printf("## %s\n\n%s\n\n", machine->title, machine->about);
        print_diagram(machine);
        print_table(machine);
    }
    return ferror(stdout) ? 1 : 0;
}

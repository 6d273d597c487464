/* Who may what: one table of permissions, each with the roles that have it. */
#include "core/role.h"

#include <assert.h>

#include "base/check.h"

#define BIT(role) (1U << (role))
static_assert(ROLE_COUNT <= 8 * sizeof(unsigned), "a bit for each role");

static const struct {
    const char *name, *doc;
    unsigned roles; /* BIT of each */
    bool writes;
} permissions[PERMISSION_COUNT] = {
    [PERMISSION_NONE] = {"", "No person may.", 0, false},
    [PERMISSION_BILLING_READ] = {"billing:read", "Plan, usage, invoices, methods of payment.",
                                 BIT(ROLE_OWNER) | BIT(ROLE_BILLING_ADMIN) | BIT(ROLE_VIEWER),
                                 false},
    [PERMISSION_BILLING_WRITE] = {"billing:write", "Buy, change, cancel, pay, say who is billed.",
                                  BIT(ROLE_OWNER) | BIT(ROLE_BILLING_ADMIN), true},
    [PERMISSION_MEMBERS_READ] = {"members:read", "Who may sign in for this customer.",
                                 BIT(ROLE_OWNER) | BIT(ROLE_BILLING_ADMIN) | BIT(ROLE_VIEWER),
                                 false},
    [PERMISSION_MEMBERS_WRITE] = {"members:write",
                                  "Invite people, change their roles, remove them.",
                                  BIT(ROLE_OWNER), true},
    [PERMISSION_FEEDBACK] = {"feedback", "Say what they think of the service.",
                             BIT(ROLE_OWNER) | BIT(ROLE_BILLING_ADMIN), true},
    [PERMISSION_PRIVACY] = {"privacy", "Export and erase what is kept of the customer.",
                            BIT(ROLE_OWNER), true},
    [PERMISSION_CUSTOMERS_READ] = {"customers:read",
                                   "Customers and their billing, with personal data.",
                                   BIT(ROLE_ADMIN) | BIT(ROLE_FINANCE) | BIT(ROLE_SUPPORT) |
                                       BIT(ROLE_AUDITOR),
                                   false},
    [PERMISSION_CUSTOMERS_WRITE] = {"customers:write", "Make customers, set their preferences.",
                                    BIT(ROLE_ADMIN), true},
    [PERMISSION_NOTES_WRITE] = {"notes:write",
                                "Note something about a customer, say who looks after them.",
                                BIT(ROLE_ADMIN) | BIT(ROLE_FINANCE) | BIT(ROLE_SUPPORT), true},
    [PERMISSION_IMPERSONATE] = {"impersonate", "Open a customer's pages, reading only.",
                                BIT(ROLE_ADMIN) | BIT(ROLE_SUPPORT), true},
    [PERMISSION_MONEY_READ] = {"money:read", "Dunning, parked customers, differences.",
                               BIT(ROLE_ADMIN) | BIT(ROLE_FINANCE) | BIT(ROLE_SUPPORT) |
                                   BIT(ROLE_AUDITOR),
                               false},
    [PERMISSION_MONEY_WRITE] = {"money:write", "Refunds, credit notes, terms, dunning.",
                                BIT(ROLE_ADMIN) | BIT(ROLE_FINANCE), true},
    [PERMISSION_APPROVE] = {"approve", "Say yes or no to what somebody else asked for.",
                            BIT(ROLE_ADMIN) | BIT(ROLE_FINANCE), true},
    [PERMISSION_SYSTEM_READ] = {"system:read", "Mails, webhooks, leases, reconciliations.",
                                BIT(ROLE_ADMIN) | BIT(ROLE_FINANCE) | BIT(ROLE_AUDITOR), false},
    [PERMISSION_SYSTEM_WRITE] = {"system:write", "Keys, replays, leases, reconciliation.",
                                 BIT(ROLE_ADMIN), true},
    [PERMISSION_OPERATORS_READ] = {"operators:read", "Who operates the installation.",
                                   BIT(ROLE_ADMIN) | BIT(ROLE_AUDITOR), false},
    [PERMISSION_OPERATORS_WRITE] = {"operators:write",
                                    "Invite operators, change their roles, remove them.",
                                    BIT(ROLE_ADMIN), true},
    [PERMISSION_EVIDENCE] = {"evidence", "The audit log, and reports made of it.",
                             BIT(ROLE_ADMIN) | BIT(ROLE_AUDITOR), false},
    [PERMISSION_EVIDENCE_WRITE] = {"evidence:write", "Have packs of evidence made.",
                                   BIT(ROLE_ADMIN), true},
};

static const struct {
    const char *name, *doc;
    bool is_operator;
} roles[ROLE_COUNT] = {
    [ROLE_NONE] = {"", "Nobody.", false},
    [ROLE_OWNER] = {"owner", "Everything of one customer.", false},
    [ROLE_BILLING_ADMIN] = {"billing_admin", "One customer's billing, not its people.", false},
    [ROLE_VIEWER] = {"viewer", "Sees one customer's billing.", false},
    [ROLE_ADMIN] = {"admin", "Everything of the installation.", true},
    [ROLE_FINANCE] = {"finance", "Money and approvals.", true},
    [ROLE_SUPPORT] = {"support", "Sees customers, opens their pages reading only.", true},
    [ROLE_AUDITOR] = {"auditor", "Sees everything, changes nothing.", true},
};

bool role_may(enum role role, enum permission permission) {
    check(role < ROLE_COUNT);
    check(permission < PERMISSION_COUNT);
    return (permissions[permission].roles & BIT(role)) != 0;
}

bool role_is_operator(enum role role) {
    check(role < ROLE_COUNT);
    return roles[role].is_operator;
}

const char *role_name(enum role role) {
    check(role < ROLE_COUNT);
    return roles[role].name;
}

const char *role_doc(enum role role) {
    check(role < ROLE_COUNT);
    return roles[role].doc;
}

const char *permission_name(enum permission permission) {
    check(permission < PERMISSION_COUNT);
    return permissions[permission].name;
}

const char *permission_doc(enum permission permission) {
    check(permission < PERMISSION_COUNT);
    return permissions[permission].doc;
}

bool permission_writes(enum permission permission) {
    check(permission < PERMISSION_COUNT);
    return permissions[permission].writes;
}

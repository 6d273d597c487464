/* What people may do. A role is a set of permissions; a route asks for one permission
 * (api/route.h), and whoever's role has it may call the route. Customers' people have roles of
 * their customer's, operators have roles of the installation's; neither kind ever gets a permission
 * of the other's, so that no mistake in a row of the table lets one into the other's house.
 *
 * docs/reference/permissions.md is printed from here. */
#ifndef CORE_ROLE_H
#define CORE_ROLE_H

#include <stdbool.h>

enum permission {
    PERMISSION_NONE, /* of a route: no person may, only keys */
    /* of the people of one customer */
    PERMISSION_BILLING_READ,  /* plan, usage, invoices, methods of payment */
    PERMISSION_BILLING_WRITE, /* buy, change, cancel, pay, details */
    PERMISSION_MEMBERS_READ,  /* who else may sign in here */
    PERMISSION_MEMBERS_WRITE, /* invite, change roles, remove */
    PERMISSION_FEEDBACK,      /* say what they think of the service */
    PERMISSION_PRIVACY,       /* export and erase what is kept of the customer */
    /* of operators */
    PERMISSION_CUSTOMERS_READ,  /* customers and their billing, personal data among it */
    PERMISSION_CUSTOMERS_WRITE, /* make customers, their preferences */
    PERMISSION_NOTES_WRITE,     /* note something about a customer, say who looks after them */
    PERMISSION_IMPERSONATE,     /* open a customer's pages, reading only */
    PERMISSION_MONEY_READ,      /* dunning, what is parked, differences */
    PERMISSION_MONEY_WRITE,     /* refunds, credit notes, terms, dunning */
    PERMISSION_APPROVE,         /* say yes or no to what somebody else asked for */
    PERMISSION_SYSTEM_READ,     /* mails, webhooks, leases, reconciliations */
    PERMISSION_SYSTEM_WRITE,    /* keys, replays, leases, test clock */
    PERMISSION_OPERATORS_READ,  /* who operates */
    PERMISSION_OPERATORS_WRITE, /* invite operators, change roles, remove */
    PERMISSION_EVIDENCE,        /* the audit log and reports made of it */
    PERMISSION_EVIDENCE_WRITE,  /* have such reports made, and take them out */
    PERMISSION_COUNT,
};

enum role {
    ROLE_NONE,
    /* of the people of one customer */
    ROLE_OWNER,
    ROLE_BILLING_ADMIN,
    ROLE_VIEWER,
    /* of operators */
    ROLE_ADMIN,
    ROLE_FINANCE,
    ROLE_SUPPORT,
    ROLE_AUDITOR,
    ROLE_COUNT,
};

bool role_may(enum role role, enum permission permission);
bool role_is_operator(enum role role);

/* "billing_admin"; of ROLE_NONE "". */
const char *role_name(enum role role);
const char *role_doc(enum role role);
/* "billing:write"; of PERMISSION_NONE "". */
const char *permission_name(enum permission permission);
const char *permission_doc(enum permission permission);

/* Whether it changes anything; whoever opens a customer's pages as somebody else may not. */
bool permission_writes(enum permission permission);

#endif

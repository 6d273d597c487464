/* Templates as the program holds them: what tools/mailgen.py makes of src/mail/template/.
 *
 * A template is a short program. It may show a value and ask whether one is there; it has no
 * expressions, so that nothing which a customer or an operator writes is ever run. */
#ifndef MAIL_TEMPLATE_H
#define MAIL_TEMPLATE_H

#include "app/mail_kind.h"
#include "core/locale.h"

/* mail_kind.h says what each is. */
enum mail_type {
    MAIL_TYPE_TEXT,
    MAIL_TYPE_MONEY,
    MAIL_TYPE_COUNT,
    MAIL_TYPE_METRIC,
    MAIL_TYPE_QUANTITY,
    MAIL_TYPE_INSTANT,
    MAIL_TYPE_DATE,
    MAIL_TYPE_URL,
    MAIL_TYPE_FLAG,
    MAIL_TYPE_PLAN,
    MAIL_TYPE_INTERVAL,
    MAIL_TYPE_DECLINE,
};

struct mail_value_spec {
    const char *name;
    enum mail_type type;
    bool is_optional;
};

enum { MAIL_VALUES_MAX = 24 };

/* What a template may speak of. */
struct mail_schema {
    const struct mail_value_spec *values;
    size_t count;
};

enum mail_block { MAIL_HEADING, MAIL_PARAGRAPH, MAIL_ROW, MAIL_BUTTON, MAIL_SMALL };

enum mail_op_kind {
    MAIL_OP_TEXT,  /* `text` */
    MAIL_OP_VALUE, /* the value `value` */
    MAIL_OP_IF,    /* goes on at `target` unless the value is there, and, as a flag, true */
    MAIL_OP_JUMP,  /* goes on at `target` */
    MAIL_OP_BEGIN, /* a block of kind `value`: its first cell */
    MAIL_OP_NEXT,  /* its second cell: the value of a row, the address of a button */
    MAIL_OP_END,
};

struct mail_op {
    enum mail_op_kind kind;
    int value;
    int target;
    const char *text;
};

struct mail_program {
    const struct mail_op *ops;
    size_t count;
};

struct mail_template {
    struct mail_program subject, summary, why; /* one line each, without blocks */
    struct mail_program body;
};

extern const struct mail_schema mail_schemas[MAIL_KIND_COUNT];
extern const struct mail_template mail_templates[MAIL_KIND_COUNT][LANGUAGE_COUNT];

/* What stands under every mail. */
enum mail_footer_value {
    MAIL_FOOTER_WHY,
    MAIL_FOOTER_PRODUCT,
    MAIL_FOOTER_BILLING_URL,
    MAIL_FOOTER_UNSUBSCRIBE_URL,
    MAIL_FOOTER_CONTACT,
    MAIL_FOOTER_LEGAL,
    MAIL_FOOTER_COUNT
};
extern const struct mail_schema mail_footer_schema;
extern const struct mail_program mail_footers[LANGUAGE_COUNT];

/* The HTML around it all: its values are put in as they are, escaped before. */
enum mail_layout_value {
    MAIL_LAYOUT_LANGUAGE,
    MAIL_LAYOUT_SUBJECT,
    MAIL_LAYOUT_SUMMARY,
    MAIL_LAYOUT_PRODUCT,
    MAIL_LAYOUT_FIRST, /* the cells of a block */
    MAIL_LAYOUT_SECOND,
    MAIL_LAYOUT_VALUE_COUNT
};
enum mail_part {
    MAIL_PART_HEAD,
    MAIL_PART_HEADING,
    MAIL_PART_PARAGRAPH,
    MAIL_PART_ROWS_BEGIN,
    MAIL_PART_ROW,
    MAIL_PART_ROWS_END,
    MAIL_PART_BUTTON, /* the first, and */
    MAIL_PART_MORE,   /* those after it */
    MAIL_PART_RULE,   /* between the body and the footer */
    MAIL_PART_SMALL,
    MAIL_PART_LINK,
    MAIL_PART_FOOT,
    MAIL_PART_COUNT
};
extern const struct mail_program mail_layout[MAIL_PART_COUNT];

#endif

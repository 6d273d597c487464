#include "mail/run.h"

#include "base/check.h"

/* --- inline: text, values, conditions --- */

enum ink { INK_PLAIN, INK_HTML };

void mail_escape(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        switch (c) {
        case '&':
            buf_add(out, STR("&amp;"));
            break;
        case '<':
            buf_add(out, STR("&lt;"));
            break;
        case '>':
            buf_add(out, STR("&gt;"));
            break;
        case '"':
            buf_add(out, STR("&quot;"));
            break;
        case '\'':
            buf_add(out, STR("&#39;"));
            break;
        default:
            buf_add_char(out, c);
        }
    }
}

/* Where the program goes on after an operation that is none of a block's. */
static size_t run_inline(const struct mail_op *op, size_t at, const struct mail_facts *facts,
                         enum ink ink, struct buf *out) {
    if (op->kind == MAIL_OP_IF) {
        return facts->is_there[op->value] ? at + 1 : (size_t)op->target;
    }
    if (op->kind == MAIL_OP_JUMP) {
        return (size_t)op->target;
    }
    check(op->kind == MAIL_OP_TEXT || op->kind == MAIL_OP_VALUE);
    bool is_value = op->kind == MAIL_OP_VALUE;
    struct str text = is_value ? facts->shown[op->value] : str_from_cstr(op->text);
    if (ink == INK_PLAIN) {
        buf_add(out, text);
    } else {
        mail_escape(out, text);
    }
    return at + 1;
}

void mail_run_line(const struct mail_program *program, const struct mail_facts *facts,
                   struct buf *out) {
    for (size_t at = 0; at < program->count;) {
        at = run_inline(&program->ops[at], at, facts, INK_PLAIN, out);
    }
}

/* --- blocks: cells are gathered, then set --- */

struct cells {
    struct buf first, second;
};

static bool is_url(const struct mail_op *op, const struct mail_facts *facts) {
    return op->kind == MAIL_OP_VALUE && facts->schema->values[op->value].type == MAIL_TYPE_URL;
}

/* Gives where the operation after the block's end is. Addresses inside running text become links
 * in HTML. */
static size_t gather(const struct mail_program *program, size_t at, const struct mail_facts *facts,
                     enum ink ink, struct cells *cells) {
    struct buf *out = &cells->first;
    while (program->ops[at].kind != MAIL_OP_END) {
        const struct mail_op *op = &program->ops[at];
        if (op->kind == MAIL_OP_NEXT) {
            out = &cells->second;
            at++;
            continue;
        }
        if (ink == INK_HTML && out == &cells->first && is_url(op, facts)) {
            struct buf url;
            struct str values[MAIL_LAYOUT_VALUE_COUNT] = {{NULL, 0}};
            buf_init(&url, out->env, MAIL_BODY_MAX);
            mail_escape(&url, facts->shown[op->value]);
            values[MAIL_LAYOUT_FIRST] = buf_str(&url);
            mail_run_part(MAIL_PART_LINK, values, out);
            buf_finish(&url);
            at++;
            continue;
        }
        at = run_inline(op, at, facts, ink, out);
    }
    return at + 1;
}

/* What knows how to set a block, and what it remembers between two. */
struct setter {
    void (*set)(struct setter *setter, enum mail_block block, const struct cells *cells);
    void (*end)(struct setter *setter);
    struct buf *out;
    bool is_in_rows;
    bool has_button;
};

static void run_blocks(const struct mail_program *program, const struct mail_facts *facts,
                       enum ink ink, struct setter *setter) {
    struct cells cells;
    buf_init(&cells.first, setter->out->env, MAIL_BODY_MAX);
    buf_init(&cells.second, setter->out->env, MAIL_BODY_MAX);
    for (size_t at = 0; at < program->count;) {
        const struct mail_op *op = &program->ops[at];
        if (op->kind != MAIL_OP_BEGIN) {
            at = run_inline(op, at, facts, ink, &cells.first);
            continue;
        }
        buf_clear(&cells.first);
        buf_clear(&cells.second);
        at = gather(program, at + 1, facts, ink, &cells);
        setter->set(setter, (enum mail_block)op->value, &cells);
    }
    setter->end(setter);
    setter->out->has_failed |= cells.first.has_failed || cells.second.has_failed;
    buf_finish(&cells.first);
    buf_finish(&cells.second);
}

/* --- as text --- */

static size_t columns_of(struct str word) {
    size_t columns = 0;
    for (size_t i = 0; i < word.len; i++) {
        columns += ((unsigned char)word.bytes[i] & 0xc0) != 0x80; /* UTF-8: a first byte */
    }
    return columns;
}

static void add_wrapped(struct buf *out, struct str text) {
    size_t column = 0;
    struct str rest = text;
    while (rest.bytes != NULL) {
        struct str word = str_cut(&rest, ' ');
        size_t width = columns_of(word);
        if (word.len == 0) {
            continue;
        }
        if (column > 0 && column + 1 + width > MAIL_COLUMNS) {
            buf_add_char(out, '\n');
            column = 0;
        } else if (column > 0) {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += width;
    }
    buf_add_char(out, '\n');
}

static void set_text(struct setter *setter, enum mail_block block, const struct cells *cells) {
    struct buf *out = setter->out;
    if (setter->is_in_rows && block != MAIL_ROW) {
        buf_add_char(out, '\n');
    }
    setter->is_in_rows = block == MAIL_ROW;
    switch (block) {
    case MAIL_HEADING:
    case MAIL_PARAGRAPH:
        add_wrapped(out, buf_str(&cells->first));
        buf_add_char(out, '\n');
        return;
    case MAIL_SMALL:
        add_wrapped(out, buf_str(&cells->first));
        return;
    case MAIL_ROW:
        buf_add(out, buf_str(&cells->first));
        buf_add(out, STR(": "));
        buf_add(out, buf_str(&cells->second));
        buf_add_char(out, '\n');
        return;
    case MAIL_BUTTON:
        buf_add(out, buf_str(&cells->first));
        buf_add(out, STR(":\n"));
        buf_add(out, buf_str(&cells->second));
        buf_add(out, STR("\n\n"));
        return;
    }
    check(false);
}

static void end_text(struct setter *setter) {
    if (setter->is_in_rows) {
        buf_add_char(setter->out, '\n');
    }
}

void mail_run_text(const struct mail_program *program, const struct mail_facts *facts,
                   struct buf *out) {
    struct setter setter = {.set = set_text, .end = end_text, .out = out};
    run_blocks(program, facts, INK_PLAIN, &setter);
}

/* --- as HTML --- */

void mail_run_part(enum mail_part part, const struct str values[MAIL_LAYOUT_VALUE_COUNT],
                   struct buf *out) {
    const struct mail_program *program = &mail_layout[part];
    for (size_t i = 0; i < program->count; i++) {
        const struct mail_op *op = &program->ops[i];
        check(op->kind == MAIL_OP_TEXT || op->kind == MAIL_OP_VALUE);
        buf_add(out, op->kind == MAIL_OP_TEXT ? str_from_cstr(op->text) : values[op->value]);
    }
}

static enum mail_part part_of(const struct setter *setter, enum mail_block block) {
    switch (block) {
    case MAIL_HEADING:
        return MAIL_PART_HEADING;
    case MAIL_PARAGRAPH:
        return MAIL_PART_PARAGRAPH;
    case MAIL_ROW:
        return MAIL_PART_ROW;
    case MAIL_BUTTON:
        return setter->has_button ? MAIL_PART_MORE : MAIL_PART_BUTTON;
    case MAIL_SMALL:
        return MAIL_PART_SMALL;
    }
    check(false);
    return MAIL_PART_PARAGRAPH;
}

static void set_html(struct setter *setter, enum mail_block block, const struct cells *cells) {
    struct str values[MAIL_LAYOUT_VALUE_COUNT] = {{NULL, 0}};
    bool is_row = block == MAIL_ROW;
    values[MAIL_LAYOUT_FIRST] = buf_str(&cells->first);
    values[MAIL_LAYOUT_SECOND] = buf_str(&cells->second);
    if (setter->is_in_rows != is_row) {
        mail_run_part(is_row ? MAIL_PART_ROWS_BEGIN : MAIL_PART_ROWS_END, values, setter->out);
    }
    setter->is_in_rows = is_row;
    mail_run_part(part_of(setter, block), values, setter->out);
    setter->has_button = setter->has_button || block == MAIL_BUTTON;
}

static void end_html(struct setter *setter) {
    struct str values[MAIL_LAYOUT_VALUE_COUNT] = {{NULL, 0}};
    if (setter->is_in_rows) {
        mail_run_part(MAIL_PART_ROWS_END, values, setter->out);
    }
}

void mail_run_html(const struct mail_program *program, const struct mail_facts *facts,
                   struct buf *out) {
    struct setter setter = {.set = set_html, .end = end_html, .out = out};
    run_blocks(program, facts, INK_HTML, &setter);
}

/* `turnpike explain INVOICE [LINE]`: how the lines of an invoice came to their amounts, each with
 * its plan, calendar and formula, and what it comes to when it is computed a second time. */
#include "base/url.h"
#include "cli/ask.h"
#include "cli/run.h"

enum { LINES_MAX = 100 }; /* no invoice shows more */

/* Whose invoice, and who is asked. */
struct question {
    struct cli *cli;
    const struct args *args;
    struct client client;
};

/* GET /api/billing/invoices/INVOICE, or one of its lines' explanations; `line` 0: the invoice. */
static struct err get(const struct question *question, int64_t line,
                      struct client_answer *ret_answer) {
    struct cli *cli = question->cli;
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_add(&target, STR("/api/billing/invoices/"));
    url_encode(&target, str_from_cstr(question->args->operand));
    if (line > 0) {
        buf_printf(&target, "/lines/%lld/explain", (long long)line);
    }
    return ask_get(cli, &question->client, args_text(question->args, "user"), &target, ret_answer);
}

/* --- as text --- */

/* "2900 usd": whole minor units, as the formula has them. */
static void put_money(struct cli *cli, const json_t *object, const char *name) {
    const json_t *money = json_at(object, name);
    (void)fprintf(cli->out, "%lld ", (long long)json_i64(money, "amount", 0));
    ask_put(cli, json_text(money, "currency"));
}

static void put_label(struct cli *cli, const char *label) {
    (void)fprintf(cli->out, "  %-9s", label);
}

static void put_period(struct cli *cli, const json_t *line, const char *label, const char *name) {
    const json_t *period = json_at(line, name);
    if (json_is_object(period)) {
        put_label(cli, label);
        ask_put(cli, json_text(period, "start"));
        (void)fputs(" to ", cli->out);
        ask_put(cli, json_text(period, "end"));
        (void)fputc('\n', cli->out);
    }
}

static void put_amount(struct cli *cli, const json_t *line, const char *label, const char *amount,
                       const char *discount) {
    put_label(cli, label);
    put_money(cli, line, amount);
    if (json_i64(json_at(line, discount), "amount", 0) != 0) {
        (void)fputs(", less ", cli->out);
        put_money(cli, line, discount);
    }
    (void)fputc('\n', cli->out);
}

static void put_plan(struct cli *cli, const json_t *line) {
    put_label(cli, "plan");
    ask_put(cli, json_text(line, "tier"));
    (void)fprintf(cli->out, " version %lld, ", (long long)json_i64(line, "planVersion", 0));
    put_money(cli, line, "price");
    (void)fputs(" a ", cli->out);
    ask_put(cli, json_text(line, "interval"));
    if (json_text(line, "coupon").len > 0) {
        (void)fputs(", coupon ", cli->out);
        ask_put(cli, json_text(line, "coupon"));
    }
    (void)fputc('\n', cli->out);
}

static void put_line(struct cli *cli, int64_t n, const json_t *line) {
    (void)fprintf(cli->out, "\n%lld. ", (long long)n);
    ask_put(cli, json_text(line, "description"));
    (void)fputc('\n', cli->out);
    put_period(cli, line, "bills", "period");
    if (json_is_null(json_at(line, "recomputed"))) {
        put_amount(cli, line, "billed", "amount", "discount");
        put_label(cli, "why not");
        ask_put(cli, json_text(line, "reason"));
        (void)fputc('\n', cli->out);
        return;
    }
    put_period(cli, line, "of", "wholePeriod");
    put_plan(cli, line);
    put_label(cli, "formula");
    ask_put(cli, json_text(line, "formula"));
    (void)fputc('\n', cli->out);
    put_amount(cli, line, "billed", "amount", "discount");
    put_amount(cli, line, "computed", "recomputed", "recomputedDiscount");
    put_label(cli, "agrees");
    (void)fputs(json_flag(line, "agrees", false) ? "yes\n" : "NO\n", cli->out);
}

static void put_link(struct cli *cli, const char *label, const json_t *link) {
    struct str number = json_text(link, "number");
    if (json_is_object(link)) {
        (void)fprintf(cli->out, "%s ", label);
        ask_put(cli, number.len > 0 ? number : json_text(link, "id"));
        (void)fputc('\n', cli->out);
    }
}

static void put_invoice(struct cli *cli, const json_t *invoice) {
    struct str number = json_text(invoice, "number");
    ask_put(cli, number.len > 0 ? number : json_text(invoice, "id"));
    (void)fputs(", ", cli->out);
    ask_put(cli, json_text(invoice, "status"));
    (void)fputs(": ", cli->out);
    put_money(cli, invoice, "amount");
    (void)fputs(" with tax of ", cli->out);
    put_money(cli, invoice, "tax");
    (void)fputs(" (whole minor units)\n", cli->out);
    put_link(cli, "corrects", json_at(invoice, "corrects"));
    put_link(cli, "corrected by", json_at(invoice, "correctedBy"));
}

/* --- asking --- */

/* What was found; `lines` holds an explanation each, from the first line that was asked for. */
struct derivation {
    const json_t *invoice;
    json_t *lines;
    int64_t first;
};

static struct err read_lines(const struct question *question, int64_t first, int64_t last,
                             json_t *lines) {
    for (int64_t n = first; n <= last; n++) {
        CLEANUP(client_answer_finish) struct client_answer line = {0};
        TRY(get(question, n, &line));
        if (json_object_set_new(line.json, "line", json_integer((json_int_t)n)) != 0 ||
            json_array_append(lines, line.json) != 0) {
            return cx_fail(question->cli->cx, ERR(ERR_FORMAT), "The answer is no explanation.");
        }
    }
    return OK;
}

/* Which lines are meant; one that is not there is the server's to refuse. */
static struct err choose_lines(const struct question *question, const json_t *invoice,
                               int64_t *ret_first, int64_t *ret_last) {
    const json_t *lines = json_at(invoice, "lines");
    struct str line = str_from_cstr(question->args->second == NULL ? "" : question->args->second);
    size_t count = json_array_size(lines);
    *ret_first = 1;
    *ret_last = (int64_t)(count < LINES_MAX ? count : LINES_MAX);
    if (line.len == 0) {
        return OK;
    }
    if (!str_to_i64(line, ret_first) || *ret_first < 1 || *ret_first > (int64_t)count) {
        return cx_fail(question->cli->cx, ERR(ERR_FORMAT),
                       "The invoice has no line \"%.40s\": it has %zu.", question->args->second,
                       count);
    }
    *ret_last = *ret_first;
    return OK;
}

static int show(struct cli *cli, const struct args *args, const struct derivation *of) {
    bool agrees = true;
    const json_t *line = NULL;
    size_t i = 0;
    if (args_has(args, "json")) {
        json_t *all = json_pack("{s:O, s:O}", "invoice", of->invoice, "lines", of->lines);
        (void)json_dumpf(all, cli->out, JSON_COMPACT);
        (void)fputc('\n', cli->out);
        json_decref(all);
    } else {
        put_invoice(cli, of->invoice);
    }
    json_array_foreach(of->lines, i, line) {
        bool is_computed = !json_is_null(json_at(line, "recomputed"));
        agrees = agrees && (!is_computed || json_flag(line, "agrees", false));
        if (!args_has(args, "json")) {
            put_line(cli, of->first + (int64_t)i, line);
        }
    }
    return agrees ? CLI_DONE : CLI_FAILED;
}

int run_explain(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL || args->operand[0] == '\0') {
        return cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "INVOICE is empty.");
    }
    struct question question = {.cli = cli, .args = args};
    CLEANUP(client_answer_finish) struct client_answer invoice = {0};
    CLEANUP(json_release) json_t *lines = json_array();
    int64_t first = 0;
    int64_t last = 0;
    struct err err = ask_client(cli, args, &question.client);
    err = err_failed(err) ? err : get(&question, 0, &invoice);
    err = err_failed(err) ? err : choose_lines(&question, invoice.json, &first, &last);
    err = err_failed(err) ? err : read_lines(&question, first, last, lines);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    return show(cli, args, &(struct derivation){invoice.json, lines, first});
}

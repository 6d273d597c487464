/* `turnpike pci check`: what of PCI DSS the installation meets, the pages compared anew. */
#include "cli/ask.h"
#include "cli/run.h"

static const struct client_request scan = {.method = STR_INIT("POST"),
                                           .target = STR_INIT("/api/admin/pci/scans")};

static void put_check(struct cli *cli, const json_t *check) {
    (void)fprintf(cli->out, "%-9s", json_text(check, "result").bytes);
    ask_put(cli, json_text(check, "title"));
    (void)fputs(" (", cli->out);
    ask_put(cli, json_text(check, "requirement"));
    (void)fputs(")\n         ", cli->out);
    ask_put(cli, json_text(check, "detail"));
    (void)fputc('\n', cli->out);
}

static void put_finding(struct cli *cli, const json_t *finding) {
    (void)fputs("differs  ", cli->out);
    ask_put(cli, json_text(finding, "address"));
    (void)fputs(": ", cli->out);
    ask_put(cli, json_text(finding, "detail"));
    (void)fputc('\n', cli->out);
}

static void show(struct cli *cli, const json_t *answer) {
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(json_at(answer, "checks"), i, item) {
        put_check(cli, item);
    }
    json_array_foreach(json_at(answer, "scan.findings"), i, item) {
        put_finding(cli, item);
    }
    (void)fprintf(cli->out, "%lld hold, %lld do not; cards are entered in the ",
                  (long long)json_i64(answer, "passed", 0),
                  (long long)json_i64(answer, "failed", 0));
    ask_put(cli, json_text(answer, "mode"));
    (void)fputs(" form\n", cli->out);
}

int run_pci_check(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct client client = {0};
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : ask_call(cli, &client, &scan, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        show(cli, answer.json);
    }
    return json_i64(answer.json, "failed", 1) == 0 ? CLI_DONE : CLI_FAILED;
}

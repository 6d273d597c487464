/* How mails read, and by which server they go. */
#include "main/program.h"

struct err program_open_mail(struct program *program) {
    const struct serve_options *options = program->options;
    struct mail_office_options office = {
        .env = program->env,
        .catalogue = &program->catalogue,
        .from =
            options->mail_from.len > 0 ? options->mail_from : STR("Turnpike <billing@localhost>"),
        .footer = options->mail_footer,
        .alerts_to = options->alerts_to,
        .alerts_language = options->alerts_language,
        .has_server = options->smtp_url.len > 0,
    };
    TRY(mail_office_create(&program->cx, &office, &program->mail));
    program->app.mailer = mail_office_mailer(program->mail);
    return OK;
}

struct err program_connect_mail(struct program *program) {
    const struct serve_options *options = program->options;
    struct smtp_options smtp = {
        .env = program->env,
        .transfers = http_client_transfers(program->client),
        .password = options->smtp_password,
        .ca_path = options->smtp_ca,
    };
    if (options->smtp_url.len == 0) {
        return OK;
    }
    if (!smtp_server_parse(&program->arena, options->smtp_url, &smtp.server)) {
        return cx_fail(&program->cx, ERR(ERR_FORMAT), "The mail server's address is none.");
    }
    TRY(smtp_create(&program->cx, &smtp, &program->smtp));
    mail_office_connect(program->mail, program->smtp);
    return OK;
}

void program_close_mail(struct program *program) {
    mail_office_destroy(program->mail);
    smtp_destroy(program->smtp);
}

/* How mails read and where they go. */
#include "main/program.h"

struct err program_open_mail(struct program *program) {
    const struct serve_options *options = program->options;
    struct mail_office_options office = {
        .env = program->env,
        .catalogue = &program->catalogue,
        .from =
            options->mail_from.len > 0 ? options->mail_from : STR("Turnpike <billing@localhost>"),
        .footer = options->mail_footer,
    };
    TRY(mail_office_create(&program->cx, &office, &program->mail));
    program->app.mailer = mail_office_mailer(program->mail);
    return OK;
}

void program_close_mail(struct program *program) {
    mail_office_destroy(program->mail);
}

#include "api/pricing_words.h"

#include <string.h>

#include "base/check.h"

static const struct pricing_words all_words[] = {
    [LANGUAGE_EN] =
        {
            .headline = "Know the price before you ship",
            .lead = "Start free. Every plan has clear limits, a margin above them, and 48 hours to "
                    "react: no surprise bills.",
            .skip = "Skip to content",
            .nav = "Main",
            .pricing = "Pricing",
            .billing = "Billing",
            .operating = "Operating",
            .security = "Security",
            .sign_in = "Sign in",
            .sign_out = "Sign out",
            .signed_in_as = "Signed in as {}",
            .test_mode = "<strong>Test mode</strong> No real money moves here.",
            .looking_who = "{} is looking at the pages of {}.",
            .looking_why = "Reason: {}. Until {}; nothing can be changed.",
            .footer = "Times are in {}. The same data is in the API.",
            .api_link = "API description",
            .accessibility = "Accessibility",
            .interval = "Billing interval",
            .monthly = "Monthly",
            .yearly = "Yearly",
            .save = "save {}%",
            .plans = "Plans",
            .taglines = {"Try the platform and run small things.",
                         "For your first modules in production.", "For teams that ship every day.",
                         "For companies with their own terms."},
            .per_month = "per month",
            .per_year = "per year",
            .billed_monthly = "billed monthly, or {} a year",
            .billed_yearly = "{} billed yearly, {} less than by month",
            .for_ever = "for as long as you like",
            .by_contract = "By contract",
            .by_contract_note = "on terms agreed with you",
            .your_contract = "as your contract says",
            .trial = "The first {} days are free.",
            .current = "Current plan",
            .recommended = "Recommended",
            .next_plan = "Next plan",
            .legacy = "Legacy",
            .your_price = "Your price. New customers pay {}.",
            .your_terms = "Your terms, of an earlier version of the plan.",
            .everything_in = "Everything in {}, and",
            .includes = "Includes",
            .support = "Support: {}",
            .only_looks = "Your role looks on. An owner or a billing admin of your account can "
                          "change the plan.",
            .start = "Start with {}",
            .upgrade = "Upgrade to {}",
            .downgrade = "Downgrade to {}",
            .is_current = "Your current plan",
            .is_pending = "Already scheduled",
            .contact = "Ask for a contract",
            .switch_to = {"Switch to monthly", "Switch to yearly"},
            .margin =
                "Above a limit, requests go on up to its margin for 48 hours. After that they are "
                "refused until the next period or an upgrade; you are never billed for more than "
                "your plan.",
            .currency = "All prices in {}, before taxes. Where tax applies, it is added on the "
                        "invoice. 1 GB is 1,000,000,000 bytes.",
            .changed = "Prices and limits last changed on {}.",
            .compare = "Compare every detail",
            .first_plan = "First plan",
            .second_plan = "Second plan",
            .differences = "Only what differs",
            .group_prices = "Prices",
            .group_limits = "Limits",
            .group_beyond = "Above a limit",
            .group_features = "Features",
            .group_support = "Support",
            .a_month = "A month",
            .a_year = "A year, paid at once",
            .a_year_by_month = "That is, by month",
            .saving = "Saved by paying yearly",
            .above_limit = "Goes on for 48 hours",
            .above_limit_is = "up to {}% of it",
            .extra_charge = "Extra charge",
            .none = "None",
            .trial_days = "Free trial",
            .days = "{} days",
            .support_by = "You reach us by",
            .included = "Included",
            .not_included = "Not included",
            .unlimited = "Unlimited",
            .tracked = "Counted, not limited",
            .monthly_amount = "{} per month",
            .amount_at_a_time = "{} per account",
            .notes_title = "Notes",
            .note_counter = "Counted from zero in each usage period of a month.",
            .note_gauge = "How many there are at one time, in the whole account.",
            .note_tracked = "Counted and shown; nothing is refused for it.",
            .note_contract = "What a contract names; until then it is not held.",
            .calculator = "What would it cost you?",
            .calculator_lead = "Say what you expect. Every plan is compared at once.",
            .start_from = "Start from:",
            .presets = {"Hobby", "Startup", "Scale"},
            .mine = "My last 30 days",
            .mine_note = "These are your last 30 days; of modules, deployments, collaborators and "
                         "storage what there is now.",
            .calculate = "Calculate",
            .share = "Copy a link to this",
            .shared = "The link is copied.",
            .a_month_unit = "per month",
            .at_a_time_unit = "at a time",
            .minutes = "min",
            .bad_amount = "{}: a number from 0 to {}, please. Nothing was calculated.",
            .estimate = "All plans",
            .verdict = "<strong>{}</strong> is the cheapest plan that is enough: {} per month, or "
                       "{} per year.",
            .verdict_contract = "<strong>{}</strong> is enough, at a price that is agreed with "
                                "you.",
            .verdict_none = "No plan is enough. Ask us.",
            .binds = "First to bind: {}, at {}% of the limit.",
            .binds_next = "Above {} you need {}.",
            .year_saves = "Paid yearly you save {} ({}%)",
            .year_pays_off = "; that pays off from month {} on.",
            .cheapest = "Cheapest",
            .enough = "Enough",
            .not_enough = "Not enough",
            .line = "({}%)",
            .line_limit = "{} of {}",
            .line_free = "{} · {}",
            .line_exceeded = "{}: above the limit of {}",
            .as_json = "The same as data",
            .questions = "Questions",
            .asked =
                {
                    {"What happens at a limit?",
                     "You are told at 80% and at the limit. Above it things go on, up to the "
                     "plan's margin, for 48 hours; then more is refused until the next period "
                     "begins or you upgrade. It is never billed on top."},
                    {"Can I change the plan?",
                     "At any time. An upgrade is in force at once, and the unused rest of what you "
                     "paid is taken off its price; you see the amount before you agree. A "
                     "downgrade "
                     "takes effect when the paid period ends."},
                    {"How do I cancel?",
                     "On your billing page, in two steps, without a call. The plan runs until what "
                     "you paid for ends; until then you can take it back."},
                    {"How do I pay?",
                     "By card or, where it is offered, by direct debit or bank transfer. The "
                     "details go to the payment provider and are never stored here."},
                    {"Is tax included?",
                     "No. Where tax applies it is added on the invoice, by your address and tax "
                     "number; the preview of a purchase shows it."},
                    {"Will my price change?",
                     "What you bought keeps its price and limits. If we ever change them for you, "
                     "you are told in time, by name and amount, and can cancel before."},
                },
        },
    [LANGUAGE_DE] =
        {
            .headline = "Der Preis steht fest, bevor Sie liefern",
            .lead = "Kostenlos anfangen. Jeder Tarif hat klare Grenzen, Spielraum darüber und 48 "
                    "Stunden Zeit: keine Überraschung auf der Rechnung.",
            .skip = "Zum Inhalt springen",
            .nav = "Hauptmenü",
            .pricing = "Preise",
            .billing = "Abrechnung",
            .operating = "Betrieb",
            .security = "Sicherheit",
            .sign_in = "Anmelden",
            .sign_out = "Abmelden",
            .signed_in_as = "Angemeldet als {}",
            .test_mode = "<strong>Testmodus</strong> Hier fließt kein echtes Geld.",
            .looking_who = "{} sieht die Seiten von {} an.",
            .looking_why = "Grund: {}. Bis {}; nichts lässt sich ändern.",
            .footer = "Zeiten sind in {}. Dieselben Daten stehen in der API.",
            .api_link = "API-Beschreibung",
            .accessibility = "Barrierefreiheit",
            .interval = "Abrechnungszeitraum",
            .monthly = "Monatlich",
            .yearly = "Jährlich",
            .save = "{} % sparen",
            .plans = "Tarife",
            .taglines = {"Die Plattform ausprobieren und Kleines betreiben.",
                         "Für die ersten Module im Betrieb.", "Für Teams, die jeden Tag liefern.",
                         "Für Firmen mit eigenen Bedingungen."},
            .per_month = "pro Monat",
            .per_year = "pro Jahr",
            .billed_monthly = "monatlich abgerechnet, oder {} im Jahr",
            .billed_yearly = "{} im Jahr, {} weniger als monatlich",
            .for_ever = "solange Sie wollen",
            .by_contract = "Nach Vertrag",
            .by_contract_note = "wie mit Ihnen vereinbart",
            .your_contract = "wie in Ihrem Vertrag",
            .trial = "Die ersten {} Tage sind kostenlos.",
            .current = "Ihr Tarif",
            .recommended = "Empfohlen",
            .next_plan = "Nächster Tarif",
            .legacy = "Frühere Fassung",
            .your_price = "Ihr Preis. Neue Kunden zahlen {}.",
            .your_terms = "Ihre Bedingungen, aus einer früheren Fassung des Tarifs.",
            .everything_in = "Alles aus {}, dazu",
            .includes = "Enthalten",
            .support = "Support: {}",
            .only_looks = "Ihre Rolle sieht nur zu. Den Tarif wechseln kann, wer Inhaber ist oder "
                          "die Abrechnung verwaltet.",
            .start = "Mit {} starten",
            .upgrade = "Auf {} wechseln",
            .downgrade = "Auf {} herabstufen",
            .is_current = "Ihr aktueller Tarif",
            .is_pending = "Schon vorgemerkt",
            .contact = "Vertrag anfragen",
            .switch_to = {"Auf monatlich wechseln", "Auf jährlich wechseln"},
            .margin =
                "Über einer Grenze geht es bis zum Spielraum noch 48 Stunden weiter. Danach wird "
                "bis "
                "zum nächsten Zeitraum oder einem Upgrade abgelehnt; mehr als Ihr Tarif wird nie "
                "berechnet.",
            .currency = "Alle Preise in {}, vor Steuern. Wo Steuer anfällt, steht sie auf der "
                        "Rechnung. 1 GB sind 1.000.000.000 Byte.",
            .changed = "Preise und Grenzen zuletzt geändert am {}.",
            .compare = "Alles im Vergleich",
            .first_plan = "Erster Tarif",
            .second_plan = "Zweiter Tarif",
            .differences = "Nur Unterschiede",
            .group_prices = "Preise",
            .group_limits = "Grenzen",
            .group_beyond = "Über einer Grenze",
            .group_features = "Funktionen",
            .group_support = "Support",
            .a_month = "Ein Monat",
            .a_year = "Ein Jahr, im Voraus",
            .a_year_by_month = "Das sind im Monat",
            .saving = "Gespart bei jährlicher Zahlung",
            .above_limit = "Geht 48 Stunden weiter",
            .above_limit_is = "bis {} % davon",
            .extra_charge = "Mehrkosten",
            .none = "Keine",
            .trial_days = "Kostenlos testen",
            .days = "{} Tage",
            .support_by = "So erreichen Sie uns",
            .included = "Enthalten",
            .not_included = "Nicht enthalten",
            .unlimited = "Unbegrenzt",
            .tracked = "Gezählt, nicht begrenzt",
            .monthly_amount = "{} pro Monat",
            .amount_at_a_time = "{} pro Konto",
            .notes_title = "Anmerkungen",
            .note_counter = "Von null an gezählt in jedem Verbrauchszeitraum von einem Monat.",
            .note_gauge = "Wie viel es zugleich gibt, im ganzen Konto.",
            .note_tracked = "Gezählt und gezeigt; abgelehnt wird dafür nichts.",
            .note_contract = "Was ein Vertrag nennt; bis dahin gilt keine Grenze.",
            .calculator = "Was würde es Sie kosten?",
            .calculator_lead = "Sagen Sie, was Sie erwarten. Alle Tarife werden zugleich "
                               "verglichen.",
            .start_from = "Anfangen bei:",
            .presets = {"Hobby", "Start-up", "Großprojekt"},
            .mine = "Meine letzten 30 Tage",
            .mine_note = "Das sind Ihre letzten 30 Tage; bei Modulen, Deployments, Mitarbeitenden "
                         "und Speicher das, was es jetzt gibt.",
            .calculate = "Berechnen",
            .share = "Link hierzu kopieren",
            .shared = "Der Link ist kopiert.",
            .a_month_unit = "pro Monat",
            .at_a_time_unit = "zugleich",
            .minutes = "Min.",
            .bad_amount = "{}: bitte eine Zahl von 0 bis {}. Berechnet wurde nichts.",
            .estimate = "Alle Tarife",
            .verdict = "<strong>{}</strong> ist der günstigste Tarif, der ausreicht: {} pro Monat "
                       "oder {} pro Jahr.",
            .verdict_contract = "<strong>{}</strong> reicht aus, zu einem Preis, der mit Ihnen "
                                "vereinbart wird.",
            .verdict_none = "Kein Tarif reicht aus. Fragen Sie uns.",
            .binds = "Zuerst eng wird: {}, mit {} % der Grenze.",
            .binds_next = "Über {} brauchen Sie {}.",
            .year_saves = "Jährlich gezahlt sparen Sie {} ({} %)",
            .year_pays_off = "; das lohnt sich ab dem {}. Monat.",
            .cheapest = "Am günstigsten",
            .enough = "Reicht aus",
            .not_enough = "Reicht nicht",
            .line = "({} %)",
            .line_limit = "{} von {}",
            .line_free = "{} · {}",
            .line_exceeded = "{}: über der Grenze von {}",
            .as_json = "Dasselbe als Daten",
            .questions = "Fragen",
            .asked =
                {
                    {"Was geschieht an einer Grenze?",
                     "Sie erfahren es bei 80 % und an der Grenze. Darüber geht es bis zum "
                     "Spielraum "
                     "des Tarifs 48 Stunden weiter; danach wird mehr abgelehnt, bis der nächste "
                     "Zeitraum beginnt oder Sie den Tarif wechseln. Zusätzlich berechnet wird es "
                     "nie."},
                    {"Kann ich den Tarif wechseln?",
                     "Jederzeit. Ein größerer Tarif gilt sofort, und der nicht genutzte Rest des "
                     "Gezahlten wird abgezogen; den Betrag sehen Sie, bevor Sie zustimmen. Ein "
                     "kleinerer gilt, wenn der bezahlte Zeitraum endet."},
                    {"Wie kündige ich?",
                     "Auf der Seite Ihrer Abrechnung, in zwei Schritten, ohne Anruf. Der Tarif "
                     "läuft "
                     "bis zum Ende dessen, was bezahlt ist; bis dahin lässt es sich zurücknehmen."},
                    {"Wie bezahle ich?",
                     "Mit Karte oder, wo angeboten, mit Lastschrift oder Überweisung. Die Daten "
                     "gehen an den Zahlungsdienst und werden hier nie gespeichert."},
                    {"Ist die Steuer enthalten?",
                     "Nein. Wo Steuer anfällt, kommt sie auf der Rechnung dazu, nach Ihrer Adresse "
                     "und Steuernummer; die Vorschau eines Kaufs zeigt sie."},
                    {"Ändert sich mein Preis?",
                     "Was Sie gekauft haben, behält Preis und Grenzen. Sollten wir sie je für Sie "
                     "ändern, erfahren Sie es rechtzeitig und mit Betrag, und können vorher "
                     "kündigen."},
                },
        },
};
static_assert(ARRAY_LEN(all_words) == LANGUAGE_COUNT, "in each language");

const struct pricing_words *pricing_words(enum language language) {
    check((unsigned)language < LANGUAGE_COUNT);
    return &all_words[language];
}

/* Features by their name, support by its title; the catalogue itself speaks English. */
static const struct {
    const char *name, *german;
} names[] = {
    {"public_modules", "Öffentliche Module"},
    {"basic_monitoring", "Grundlegende Überwachung"},
    {"private_modules", "Private Module"},
    {"advanced_monitoring", "Erweiterte Überwachung"},
    {"custom_domains", "Eigene Domains"},
    {"team_management", "Teamverwaltung"},
    {"advanced_analytics", "Erweiterte Auswertungen"},
    {"sla_99_9", "SLA 99,9 %"},
    {"custom_contracts", "Eigene Verträge"},
    {"on_premise_deployment", "Betrieb im eigenen Haus"},
    {"compliance_features", "Compliance-Funktionen"},
    {"Community", "Community"},
    {"E-mail", "E-Mail"},
    {"Priority e-mail", "E-Mail mit Vorrang"},
    {"24/7 phone, dedicated account manager", "Telefon rund um die Uhr, feste Ansprechperson"},
};

struct str pricing_name(enum language language, const char *name, const char *title) {
    for (size_t i = 0; language == LANGUAGE_DE && i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            return str_from_cstr(names[i].german);
        }
    }
    return str_from_cstr(title);
}

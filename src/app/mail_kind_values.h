/* What several kinds of mail show alike: parts of rows of MAIL_KINDS, whose header says what
 * each type means. */
#ifndef APP_MAIL_KIND_VALUES_H
#define APP_MAIL_KIND_VALUES_H

#define MAIL_USAGE                                                                                 \
    "metric:metric used:quantity limit:quantity resetsAt:instant? upgradeTo:plan? "                \
    "changeUrl:url?"
#define MAIL_DUNNING                                                                               \
    "amount:money currency:text invoiceNumber:text? method:text? declineCode:decline? "            \
    "declineWords:text? nextAttemptAt:instant? accessUntil:instant? endsAt:instant? payUrl:url? "  \
    "plan:plan? byTransfer:flag? dueDate:date?"
#define MAIL_APPROVAL                                                                              \
    "isRefund:flag isCreditNote:flag isWriteOff:flag isContract:flag isCatalogue:flag "            \
    "isErasure:flag isPurge:flag isPriceChange:flag approvalId:text objectId:text userId:text? "   \
    "amount:money? currency:text?"
#define MAIL_CARD "method:text expiry:text renewsAt:date? amount:money? currency:text?"
#define MAIL_CHANGE                                                                                \
    "planBefore:plan planAfter:plan intervalBefore:interval? intervalAfter:interval? "             \
    "effectiveAt:instant amount:money? currency:text?"
#define MAIL_PRICE "plan:plan interval:interval amount:money currency:text effectiveAt:date"
#define MAIL_INVOICE                                                                               \
    "amount:money currency:text invoiceNumber:text? periodStart:date? periodEnd:date? "            \
    "method:text? plan:plan? invoiceUrl:url? pdfUrl:url?"

#endif

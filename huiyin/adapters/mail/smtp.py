"""Sends one mail by SMTP."""

import smtplib

from django.core.mail import EmailMessage

from huiyin.lib.errors import Rejected, Unavailable


class SmtpSender:
    """`Sender` over Django's mail backend (settings.EMAIL_*)."""

    def send(self, to: str, subject: str, text: str) -> None:
        headers = {"Auto-Submitted": "auto-generated"}
        message = EmailMessage(subject=subject.replace("\n", " "), body=text, to=[to], headers=headers)
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as no:
            raise Rejected("address_refused", str(no)[:100]) from no
        except ValueError as bad:  # an address no header can hold
            raise Rejected("address_invalid", str(bad)[:100]) from bad
        except (smtplib.SMTPException, OSError) as trouble:
            raise Unavailable(str(trouble)[:100]) from trouble

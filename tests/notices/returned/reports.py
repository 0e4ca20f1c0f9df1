"""Reports of delivery as the usual servers write them: the form is theirs, names and addresses are invented.

Each is {name: (the message, kind, status, soft)}; `{to}` is the return address, `{who}` the recipient that failed.
"""

from __future__ import annotations

POSTFIX = """\
Return-Path: <>
Received: by mx.chengyu.example (Postfix) id 4Xk7Pq2Vz; Sun, 22 Nov 2026 10:12:03 +0800 (CST)
Date: Sun, 22 Nov 2026 10:12:03 +0800 (CST)
From: MAILER-DAEMON@mail.example.cn (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Xk7Pp0ZzT.1732241523/mail.example.cn"
Content-Transfer-Encoding: 8bit
Message-Id: <4Xk7Pq2Vz@mail.example.cn>

This is a MIME-encapsulated message.

--4Xk7Pp0ZzT.1732241523/mail.example.cn
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.cn.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{who}>: host mx.chengyu.example[203.0.113.9] said: 550 5.1.1
    <{who}>: Recipient address rejected: User unknown in virtual
    mailbox table (in reply to RCPT TO command)

--4Xk7Pp0ZzT.1732241523/mail.example.cn
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.cn
X-Postfix-Queue-ID: 4Xk7Pp0ZzT
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Sun, 22 Nov 2026 10:12:01 +0800 (CST)

Final-Recipient: rfc822; {who}
Original-Recipient: rfc822;{who}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.chengyu.example
Diagnostic-Code: smtp; 550 5.1.1 <{who}>: Recipient address rejected: User
    unknown in virtual mailbox table

--4Xk7Pp0ZzT.1732241523/mail.example.cn
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: noreply@books.example.cn
To: {who}
Subject: =?utf-8?b?6LCD5pW06YCa55+l?=

The letter.

--4Xk7Pp0ZzT.1732241523/mail.example.cn--
"""

POSTFIX_DELAYED = (
    POSTFIX.replace("<4Xk7Pq2Vz@mail", "<4Xk7Delay@mail")
    .replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    .replace("Action: failed\nStatus: 5.1.1", "Action: delayed\nStatus: 4.4.1")
    .replace(
        "smtp; 550 5.1.1 <{who}>: Recipient address rejected: User\n    unknown in virtual mailbox table",
        "X-Postfix; connect to mx.chengyu.example[203.0.113.9]:25: Connection timed out\n"
        "Will-Retry-Until: Fri, 27 Nov 2026 10:12:01 +0800 (CST)",
    )
)

EXIM = """\
Received: from Debian-exim by mx.exim.example with local (Exim 4.96)
\tid 1tEJ2x-000ABC-1k for {to}; Sun, 22 Nov 2026 10:12:03 +0800
X-Failed-Recipients: {who}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.exim.example>
To: {to}
References: <0123@books.example.cn>
Content-Type: multipart/report; report-type=delivery-status; boundary=1732241523-eximdsn-1804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1tEJ2x-000ABC-1k@mx.exim.example>
Date: Sun, 22 Nov 2026 10:12:03 +0800

--1732241523-eximdsn-1804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {who}
    host mx.chengyu.example [203.0.113.9]
    SMTP error from remote mail server after RCPT TO:<{who}>:
    552 5.2.2 The email account that you tried to reach is over quota

--1732241523-eximdsn-1804289383
Content-type: message/delivery-status

Reporting-MTA: dns; mx.exim.example

Action: failed
Final-Recipient: rfc822;{who}
Status: 5.0.0
Remote-MTA: dns; mx.chengyu.example
Diagnostic-Code: smtp; 552 5.2.2 The email account that you tried to reach is over quota

--1732241523-eximdsn-1804289383
Content-type: message/rfc822

Subject: the letter

x

--1732241523-eximdsn-1804289383--
"""

EXIM_OLD = """\
X-Failed-Recipients: {who}
From: Mail Delivery System <Mailer-Daemon@old.exim.example>
To: {to}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1old-0001@old.exim.example>
Date: Sun, 22 Nov 2026 10:12:03 +0800

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {who}
    SMTP error from remote mail server after RCPT TO:<{who}>:
    host mx.chengyu.example [203.0.113.9]: 550 No such user here

------ This is a copy of the message, including all the headers. ------

Subject: the letter
"""

EXCHANGE = """\
From: "Microsoft Outlook"
\t<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@chengyu.example>
To: <{to}>
Date: Sun, 22 Nov 2026 02:12:03 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="3eb09ea9-6c2c-4f0a-a8c5-0e4f1b6f2a11"
Content-Language: en-US
Message-ID: <7fd0a1b2@BJ2PR01.chengyu.example>
Subject: =?utf-8?B?5peg5rOV6YCB6L6+OiDosIPmlbTpgJrnn6U=?=
Auto-Submitted: auto-replied
X-MS-Exchange-Message-Is-Ndr:
MIME-Version: 1.0

--3eb09ea9-6c2c-4f0a-a8c5-0e4f1b6f2a11
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="c2f1"

--c2f1
Content-Type: text/plain; charset="utf-8"

Delivery has failed to these recipients or groups:

{who}<mailto:{who}>
The email address you entered couldn't be found.

--c2f1
Content-Type: text/html; charset="utf-8"

<p>Delivery has failed to these recipients or groups:</p>

--c2f1--

--3eb09ea9-6c2c-4f0a-a8c5-0e4f1b6f2a11
Content-Type: message/delivery-status

Reporting-MTA: dns;BJ2PR01.chengyu.example
Received-From-MTA: dns;mail.example.cn
Arrival-Date: Sun, 22 Nov 2026 02:12:01 +0000

Original-Recipient: rfc822;{who}
Final-Recipient: rfc822;{who}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: {who}

--3eb09ea9-6c2c-4f0a-a8c5-0e4f1b6f2a11
Content-Type: message/rfc822

Subject: the letter

x

--3eb09ea9-6c2c-4f0a-a8c5-0e4f1b6f2a11--
"""

QQ = """\
From: "PostMaster" <PostMaster@qq.com>
To: <{to}>
Subject: =?gb2312?B?wLTX1HFxLmNvbbXEzcvQxQ==?=
Mime-Version: 1.0
Content-Type: multipart/report;
\tboundary="----=_NextPart_6560A1F3_0E5A"; report-type=delivery-status
Message-ID: <tencent_5E1D2F@qq.com>
Date: Sun, 22 Nov 2026 10:12:03 +0800

------=_NextPart_6560A1F3_0E5A
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

<html><head><style>td {{ color: #999 }}</style></head><body>
<p>很抱歉您发送的邮件被退回，以下是该邮件的相关信息：</p>
<table><tr><td>被退回邮件</td><td>主 题：调整通知 <br/>时 间：2026-11-22 10:11:58</td></tr></table>
<table><tr><td colspan="2">无法发送到 {who}</td></tr>
<tr><td>退信原因</td><td> 收件人邮件地址（{who}）不存在，邮件无法送达。<br/> host mx3.qq.com[203.0.113.20]
said: 550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1</td></tr>
<tr><td>解决方案</td><td> 请联系您的收件人，确认其邮箱地址 </td></tr></table>
</body></html>
------=_NextPart_6560A1F3_0E5A--
"""

NETEASE = """\
From: Postmaster@163.com
To: {to}
Subject: =?gb18030?B?z7XNs83L0MU=?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_Part_88_1"
Message-ID: <6560A1F3.7D4E04.17696@163smtp12>
Date: Sun, 22 Nov 2026 10:12:03 +0800

------=_Part_88_1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

抱歉，您的邮件被退回来了……
      原邮件信息：
            时  间 2026-11-22 10:11:58
            主  题 调整通知
            收件人 {who}

      退信原因：
            您可能写了外星人的邮件地址；或者是网络不给力，我们无法与收信方联络上。
            英文说明:Can not connect to chengyu.example:203.0.113.9:25

      建议解决方案：
            请稍后重试，或联系收件人。

----------------
This message is generated by Coremail.
您收到的是来自 Coremail 专业邮件系统的信件.

------=_Part_88_1--
"""

COREMAIL = NETEASE.replace("Postmaster@163.com", "postmaster@coremail.example").replace(
    "您可能写了外星人的邮件地址；或者是网络不给力，我们无法与收信方联络上。\n            英文说明:Can not connect to "
    "chengyu.example:203.0.113.9:25",
    "收件人不存在。\n            英文说明:SMTP error, RCPT TO: 550 5.1.1 User unknown {who}",
)

READ_RECEIPT = """\
From: xu@chengyu.example
To: {to}
Subject: Read: the letter
Content-Type: multipart/report; report-type=disposition-notification; boundary="mdn"
Message-ID: <mdn-1@chengyu.example>
MIME-Version: 1.0

--mdn
Content-Type: text/plain

Your message was read.

--mdn
Content-Type: message/disposition-notification

Final-Recipient: rfc822; xu@chengyu.example
Disposition: manual-action/MDN-sent-manually; displayed

--mdn--
"""

OUT_OF_OFFICE = """\
Return-Path: <>
From: =?utf-8?b?6K645om/5rO9?= <xu@chengyu.example>
To: {to}
Subject: =?utf-8?b?6Ieq5Yqo5Zue5aSN77ya6LCD5pW06YCa55+l?=
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
Message-ID: <auto-1@chengyu.example>

您好，我正在外出，11 月 30 日回来。如 550 元以上的付款请联系王会计。
"""

VACATION = """\
From: xu@chengyu.example
To: {to}
Subject: Re: the letter
Auto-Submitted: auto-replied (vacation)
Message-ID: <auto-2@chengyu.example>

I am away.
"""

REPLY_QQ = """\
From: "=?gb18030?B?0O2z0NTz?=" <xu@chengyu.example>
To: "=?gb18030?B?urfBrw==?=" <{to}>
Subject: =?utf-8?b?5Zue5aSN77ya6LCD5pW06YCa55+l?=
Mime-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_NextPart_1"
Message-ID: <tencent_reply_1@qq.com>
Date: Sun, 22 Nov 2026 11:00:00 +0800

------=_NextPart_1
Content-Type: multipart/alternative; boundary="----=_NextPart_2"

------=_NextPart_2
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

<div>发票已经补开，550 元那张是重复的。</div><div><script>alert(1)</script><img src="https://track.example/x.gif"></div>
<div>------------------&nbsp;原始邮件&nbsp;------------------</div><blockquote>衡调字的通知全文</blockquote>
------=_NextPart_2--

------=_NextPart_1
Content-Type: image/png; name="=?utf-8?b?5Y+R56WoLnBuZw==?="
Content-Disposition: attachment; filename="=?utf-8?b?5Y+R56WoLnBuZw==?="
Content-Transfer-Encoding: base64

iVBORw0KGgo=
------=_NextPart_1
Content-Type: application/octet-stream; name="setup.exe"
Content-Disposition: attachment; filename="setup.exe"
Content-Transfer-Encoding: base64

TVqQAAM=
------=_NextPart_1--
"""

REPORTS = {
    "postfix": (POSTFIX, "bounce", "5.1.1", False),
    "postfix, still trying": (POSTFIX_DELAYED, "delay", "4.4.1", True),
    "exim, mailbox full": (EXIM, "bounce", "5.2.2", True),
    "exim before 4.83": (EXIM_OLD, "bounce", "5.0.0", False),
    "exchange": (EXCHANGE, "bounce", "5.1.10", False),
    "qq": (QQ, "bounce", "5.0.0", False),
    "163, server away": (NETEASE, "bounce", "", True),
    "coremail": (COREMAIL, "bounce", "5.1.1", False),
    "read receipt": (READ_RECEIPT, "receipt", "", False),
    "out of office, in Chinese": (OUT_OF_OFFICE, "auto", "", False),
    "vacation (RFC 3834)": (VACATION, "auto", "", False),
    "a person": (REPLY_QQ, "reply", "", False),
}


def as_bytes(report: str, to: str = "b+x@returns.example", who: str = "xu@chengyu.example") -> bytes:
    """The message as it goes over the wire."""
    return report.replace("{to}", to).replace("{who}", who).replace("{{", "{").replace("}}", "}").replace(
        "\n", "\r\n"
    ).encode()  # fmt: skip

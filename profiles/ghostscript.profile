# ghostscript: runs PostScript, which is a program that anybody may have written, whatever
# its -dSAFER forbids. It reads and writes in the current directory.
description runs PostScript and PDF in the current directory, no network
alias gs ps2pdf pdf2ps ps2ascii eps2eps
include default
include fonts

cwd rw
arguments ro
etc ghostscript
ro-bind-try /var/lib/ghostscript
etc papersize

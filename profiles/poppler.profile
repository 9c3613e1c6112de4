# poppler: pdftotext, pdfinfo, pdftoppm and the like read a PDF that anybody may have made.
# What they make is written in the current directory.
description reads PDF in the current directory, no network
alias pdftotext pdfinfo pdftoppm pdftocairo pdftohtml pdfimages pdffonts pdfseparate pdfunite pdfdetach
include default
include fonts

cwd rw
arguments ro

"""How people ask for deputies, in six languages: naming one, asking who it is, ending it."""

from __future__ import annotations

# Several gaps in one pattern take long on long texts, and nobody names a deputy in so many words.
SHORT = r"(?=.{1,200}\Z)"

_X, _Y = r"(?P<deputy>.+?)", r"(?P<principal>.+?)"
_FROM = r" (?:from|starting) (?P<starts>.+?)"
_TO = r" (?:to|until|till|through|up to) (?P<ends>.+)"
_EN = rf"(?:(?:{_FROM})?{_TO})?"
_DE = r"(?: (?:vom|ab|von) (?P<starts>.+?))?(?: bis(?: zum| einschließlich)? (?P<ends>.+?))?"
_FR = r"(?: (?:du|à partir du|de) (?P<starts>.+?))?(?: (?:au|jusqu['’]au|à|jusqu['’]à) (?P<ends>.+))?"
_ES = r"(?: (?:del?|desde el|desde) (?P<starts>.+?))?(?: (?:al|hasta el|hasta) (?P<ends>.+))?"
_PT = r"(?: (?:de|desde) (?P<starts>.+?))?(?: (?:a|até) (?P<ends>.+))?"
_JA = r"(?:(?P<starts>.+?)から)?(?:(?P<ends>.+?)まで)?"

# "deputy" and "principal" are names, "starts" and "ends" are days; without a principal it is whoever says it.
NAME = (
    rf"(?:please )?(?:make|appoint|name) {_X} (?:as )?(?:my|the) deputy{_EN}",
    rf"(?:please )?(?:make|appoint|name) {_X} (?:as )?(?:the |a )?deputy (?:for|of) {_Y}{_EN}",
    rf"{_X} (?:is|will be) my deputy{_EN}",
    rf"{_X} (?:is|will be) (?:the )?deputy (?:for|of) {_Y}{_EN}",
    rf"my deputy (?:is|will be) {_X}{_EN}",
    rf"{_X} (?:stands|will stand) in for (?:me|{_Y}){_EN}",
    rf"{_X} vertritt (?:mich|{_Y}){_DE}",
    rf"{_X} (?:me remplace|remplace {_Y}){_FR}",
    rf"{_X} (?:me sustituye|sustituye a {_Y}){_ES}",
    rf"{_X} (?:me substitui|substitui-me|substitui {_Y}){_PT}",
    rf"{_JA}{_X}が(?:私|{_Y})の代理(?:です|をします|になります)?",
)
MINE = (
    r"who (?:is my deputy|are my deputies|stands in for me)|(?:show )?my deput(?:y|ies)",
    r"wer vertritt mich",
    r"qui me remplace",
    r"¿?quién me sustituye",
    r"quem me substitui",
    r"私の代理は誰(?:ですか)?",
)
ALL = (
    r"(?:who are|list|show)(?: all)?(?: the)? deputies|deputies",
    r"(?:wer sind die|zeige die|liste der) vertretungen",
    r"(?:qui sont les|liste des) suppléants",
    r"(?:¿?quiénes son los|lista de) suplentes",
    r"(?:quem são os|lista de) suplentes",
    r"代理の一覧",
)
END = (
    rf"(?:end|stop|remove|cancel) (?:the )?deputy(?: of| for)? {_X}",
    rf"{_X} is (?:no longer|not) (?:my|a|the) deputy(?: any ?more)?",
    rf"beende die vertretung (?:durch|von|für) {_X}",
    rf"(?:terminer|arrêter) le remplacement (?:par|de) {_X}",
    rf"(?:terminar|acabar) la sustitución (?:por|de) {_X}",
    rf"(?:terminar|acabar) a substituição (?:por|de) {_X}",
    rf"{_X}の代理を終了(?:して(?:ください)?)?",
)

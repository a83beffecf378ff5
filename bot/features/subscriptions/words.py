"""How people manage what comes by itself, in six languages: listing, pausing, changing, stopping, handing over, quiet."""

from __future__ import annotations

from bot.features.feature import either

_MY = r"(?:(?:my|the|meine?n?|das|den|die|mon|ma|mes|le|la|l['’]|mis?|el|las?|los|os?|as?|minhas?|meus?) ?)?"
_NOUN = r"(?:subscriptions?|alerts?|reports?|abos?|abonnements?|alarme?|benachrichtigung(?:en)?|alertes?|suscripci(?:ón|on|ones)|alertas?|assinaturas?|定期配信|アラート)"
_NUMBER = r"(?: ?(?:number |nummer |nr\.? ?|n[°ºo]\.? ?|#)?(?P<n>\d{1,3}))?"
_ALL = r"(?:(?P<all>all|alle|tous|toutes|todas?|todos|すべての) ?(?:of )?)?"
_AND = rf"(?: (?:and|und|et|y|e) {_MY}{_NOUN})?"

LIST = either(
    r"(?:(?:show|list)(?: me)? )?(?:all )?my (?:subscriptions|alerts)(?: and (?:my )?(?:subscriptions|alerts))?|what am i subscribed to|unsubscribe",
    r"(?:zeige? (?:mir )?)?meine (?:abos|abonnements|alarme|benachrichtigungen)(?: und (?:meine )?(?:abos|alarme|benachrichtigungen))?",
    r"(?:montre[- ]moi )?mes (?:abonnements|alertes)(?: et (?:mes )?alertes)?",
    r"(?:muestra(?:me)? )?mis (?:suscripciones|alertas)(?: y (?:mis )?alertas)?",
    r"(?:mostre )?(?:as )?minhas (?:assinaturas|alertas)|(?:os )?meus alertas",
    r"(?:私の)?(?:定期配信|アラート)(?:の?一覧)?(?:を(?:見せて|表示して)(?:ください)?)?",
)  # fmt: skip
_VERBS = {
    "pause": r"pause|suspend|pausiere|mets en pause|suspends|mettre en pause|pausa|pausar|suspende|pausar",
    "resume": r"resume|continue|restart|reactivate|setze? fort|aktiviere|reprends|reprendre|réactive|reanuda|reanudar|retome|retomar|reative",
    "stop": r"stop|end|cancel|delete|remove|unsubscribe(?: me)?(?: from)?|beende|stoppe|lösche|kündige|arrête|supprime|annule|para|det[eé]n|cancela|elimina|borra|pare|cancele|exclua|apague",
}  # fmt: skip
_JA = {"pause": "一時停止", "resume": "再開", "stop": "(?:停止|解除|削除|キャンセル)"}
MANAGE = {
    key: either(
        rf"(?:please |bitte )?(?:{verbs}) {_ALL}{_MY}{_NOUN}{_NUMBER}{_AND}",
        rf"{_ALL}(?:定期配信|アラート)(?P<ja>\d{{1,3}})?を?{_JA[key]}(?:して)?(?:ください)?".replace(
            "<all>", "<ja_all>"
        ),
    )
    for key, verbs in _VERBS.items()
}
CHANGE = either(
    rf"(?:change|move|set) {_MY}{_NOUN} ?(?:number |#)?(?P<n1>\d{{1,3}}) to (?P<to1>.+)",
    rf"(?:ändere|verschiebe) {_MY}{_NOUN} ?(?:nr\.? ?)?(?P<n2>\d{{1,3}}) (?:auf|zu) (?P<to2>.+)",
    rf"(?:change|modifie|déplace) {_MY}{_NOUN} ?(?:n[°o] ?)?(?P<n3>\d{{1,3}}) (?:à|en|au|pour) (?P<to3>.+)",
    rf"(?:cambia|mueve) {_MY}{_NOUN} ?(?P<n4>\d{{1,3}}) (?:a|para|al) (?P<to4>.+)",
    rf"(?:mude|altere|muda) {_MY}{_NOUN} ?(?P<n5>\d{{1,3}}) (?:para|a) (?P<to5>.+)",
    r"(?:定期配信|アラート) ?(?P<n6>\d{1,3})を(?P<to6>.+?)に(?:変更|変えて)(?:して)?(?:ください)?",
)  # fmt: skip
_HOUR = r"(?:\d{1,2}(?:[:.h]\d{2})?) ?(?:h|uhr|am|pm|時)?"
QUIET = either(
    rf"(?:set )?(?:my )?quiet (?:hours )?(?:from|between|are)? ?(?P<f1>{_HOUR}) ?(?:to|until|till|and|-|–) ?(?P<t1>{_HOUR})",
    rf"(?:meine )?(?:ruhe(?:zeit(?:en)?)?|ruhig|still) (?:von|zwischen)? ?(?P<f2>{_HOUR}) (?:bis|und) (?P<t2>{_HOUR})",
    rf"(?:mes )?(?:silence|heures calmes|calme) (?:de|entre) (?P<f3>{_HOUR}) (?:à|et|jusqu['’]à) (?P<t3>{_HOUR})",
    rf"(?:mi )?(?:silencio|horas de silencio) (?:de|desde|entre)(?: las)? (?P<f4>{_HOUR}) (?:a|hasta|y)(?: las)? (?P<t4>{_HOUR})",
    rf"(?:meu )?(?:silêncio|horas de silêncio) (?:das|de|entre) (?P<f5>{_HOUR}) (?:às|a|até|e) (?:as )?(?P<t5>{_HOUR})",
    rf"(?P<f6>{_HOUR})から(?P<t6>{_HOUR})まで(?:は)?(?:静かに(?:して)?|通知しない(?:で)?)(?:ください)?",
)  # fmt: skip
LOUD = either(
    r"(?:no|end|stop|turn off)(?: my)? quiet(?: hours)?|quiet(?: hours)? off", r"keine ruhe(?:zeit(?:en)?)?(?: mehr)?|ruhezeit aus",
    r"(?:plus de|pas de|pas d['’]) ?(?:silence|heures calmes)", r"(?:sin|quita) (?:el )?(?:horas de )?silencio",
    r"(?:sem|tire) (?:o )?(?:horas de )?silêncio", r"静かな時間を(?:やめて|解除して)(?:ください)?",
)  # fmt: skip
OVERVIEW = either(
    r"what (?:is|gets) sent to (?:whom|who)|who gets what", r"was wird wem (?:geschickt|gesendet)|wer bekommt was",
    r"qui reçoit quoi|qu['’]est-ce qui est envoyé à qui", r"¿?qu[eé] se env[ií]a a qui[eé]n|¿?qui[eé]n recibe qu[eé]",
    r"o que é enviado (?:a|para) quem|quem recebe o qu[eê]", r"誰に何が送られて(?:いますか|いるか|る)|配信の一覧",
)  # fmt: skip
HAND = either(
    rf"(?:hand|give|transfer)(?: over)? my {_NOUN}{_AND}(?: over)? to (?P<heir1>.+)",
    rf"(?:hand|give|transfer)(?: over)? the {_NOUN}{_AND} of (?P<from1>.+?)(?: over)? to (?P<heir2>.+)",
    rf"übergib meine {_NOUN}{_AND} an (?P<heir3>.+)",
    rf"(?:transfère|transmets|confie) mes {_NOUN}{_AND} à (?P<heir4>.+)",
    rf"(?:transfiere|pasa|entrega) mis {_NOUN}{_AND} a (?P<heir5>.+)",
    rf"(?:transfira|passe|entregue) (?:as )?minhas {_NOUN}{_AND} (?:para|a) (?P<heir6>.+)",
    r"私の(?:定期配信|アラート)を(?P<heir7>.+?)(?:さん)?に(?:引き継いで|引き継ぐ|渡して)(?:ください)?",
)  # fmt: skip
SLICES = either(
    r"(?:please )?(?:send|mail) (?:to )?(?:all|every|each)(?: of)?(?: the)? managers?(?: their)? (?P<what1>.+)",
    r"(?:bitte )?(?:schicke?|sende?) (?:allen|jeder|jedem) (?:managern?|führungskräften|führungskraft) (?:ihre |seine )?(?P<what2>.+)",
    r"envo(?:ie|yez) à (?:tous les|chaque) (?:managers?|responsables?) (?:leurs? |ses |sa |son )?(?P<what3>.+)",
    r"env[ií](?:a|e) a (?:todos los|cada) (?:gerentes?|managers?|responsables?) (?:sus? )?(?P<what4>.+)",
    r"envi(?:a|e) (?:a|para) (?:todos os|cada) (?:gestor(?:es)?|gerentes?) (?:seus? |suas? |os |as )?(?P<what5>.+)",
    r"(?:すべての|全)(?:マネージャー|管理職)に(?P<what6>.+?)(?:を)?(?:送って|送信して|配信して)(?:ください)?",
)  # fmt: skip
GOT = either(
    r"who got (?:it|that|my report|the report)", r"wer hat (?:es|ihn|den bericht) bekommen", r"qui l['’]a reçu",
    r"¿?qui[eé]n lo (?:ha recibido|recibi[oó])", r"quem (?:o )?recebeu", r"誰が受け取りましたか",
)  # fmt: skip
MUTE = {
    True: either(
        r"mute (?:the )?(?:manager )?report(?: for managers)?", r"bericht stummschalten", r"couper le rapport",
        r"silenciar el informe", r"silenciar o relatório", r"レポートをミュート(?:して(?:ください)?)?",
    ),
    False: either(
        r"unmute (?:the )?(?:manager )?report(?: for managers)?", r"bericht wieder (?:senden|einschalten)", r"rétablir le rapport",
        r"reactivar el informe", r"reativar o relatório", r"レポートのミュートを解除(?:して(?:ください)?)?",
    ),
}  # fmt: skip

"""What the words in cells mean: phrases of statuses, stages, ratings and results, and the choice each stands for."""

from decimal import Decimal, InvalidOperation

from integrations.algorithms.catalog import KINDS
from integrations.algorithms.words import meaning_of

#: (kinds, target) -> choice -> phrases, in lower case and without punctuation, divided by commas.
PHRASES: dict[tuple[str, str], dict[str, str]] = {
    ("project", "status"): {
        "proposed": "proposal,idea,intake,new,requested,request,draft,submitted,pipeline,not started,backlog,pending",
        "screened": "reviewed,under review,in review,assessed,triaged,evaluated",
        "approved": "authorized,authorised,funded,planned,planning,ready,selected,committed,initiated,initiation",
        "active": "in progress,ongoing,on going,open,started,executing,execution,running,in flight,underway,under way,"
        "wip,in work,live,on track,implementation",
        "on_hold": "hold,paused,suspended,blocked,deferred,waiting,frozen",
        "done": "completed,complete,closed,finished,delivered,resolved,achieved,closeout,close out",
        "cancelled": "canceled,terminated,dropped,rejected,abandoned,withdrawn,stopped,aborted",
    },
    ("activity", "status"): {
        "not_started": "new,open,planned,to do,todo,backlog,pending,scheduled,future,upcoming,proposed,waiting",
        "in_progress": "started,ongoing,on going,active,underway,under way,wip,executing,running,in work,doing,"
        "in review,blocked,on hold,late",
        "done": "completed,complete,closed,finished,delivered,resolved,achieved",
        "cancelled": "canceled,terminated,dropped,rejected,abandoned,withdrawn,deleted",
    },
    ("activity", "kind"): {
        "task": "activity,work,story,bug",
        "milestone": "gate",
        "summary": "phase,epic,summary task,work package,heading",
    },
    ("project", "method"): {
        "waterfall": "predictive,traditional,classic,plan driven,prince2,stage gate",
        "agile": "adaptive,scrum,kanban,safe,iterative",
        "hybrid": "mixed,both",
    },
    ("project program", "reported_health"): {
        "green": "g,on track,good,low,low risk,ok,healthy,on schedule",
        "amber": "yellow,y,a,at risk,medium,medium risk,moderate,moderate risk,caution,warning",
        "red": "r,off track,bad,high,high risk,critical,delayed,troubled",
    },
    ("measure", "result"): {
        "met": "achieved,yes,y,true,passed,pass,reached,on target",
        "not_met": "missed,no,n,false,failed,fail,not achieved,not reached,unmet,below target,off target",
    },
    ("entry", "kind"): {
        "budget": "budgeted,plan,planned,approved",
        "forecast": "estimate,estimated,expected,outlook,eac",
        "actual": "actuals,spent,booked,posted",
    },
    ("allocation", "kind"): {
        "plan": "planned,planned allocation,forecast,booked,demand",
        "actual": "actuals,worked,spent,booked actual",
    },
    ("entry", "entry_class"): {
        "capex": "capital,capital expenditure,investment,capitalized",
        "opex": "operating,operating expenditure,operating expense,expense,running cost,cost",
        "revenue": "income,sales,turnover",
        "benefit": "benefits,saving,savings",
    },
    ("product", "lifecycle_stage"): {
        "introduction": "introduced,launch,new,beta,pilot",
        "growth": "growing,scale,scaling",
        "maturity": "mature,stable,established",
        "decline": "declining,legacy,sunset,end of sale",
        "retired": "end of life,eol,discontinued,withdrawn,obsolete",
    },
    ("risk", "response"): {
        "avoid": "avoidance,eliminate",
        "transfer": "share,insure",
        "mitigate": "mitigation,reduce,treat,control",
        "accept": "acceptance,tolerate,monitor,watch,retain",
    },
    ("risk", "status"): {
        "open": "active,new,identified,monitored,monitoring,in progress",
        "closed": "retired,resolved,mitigated,expired,cancelled,canceled",
        "occurred": "happened,issue,materialized,materialised,realized,realised,triggered",
    },
}
#: The same in German, French and Spanish, for the words that exports write most.
ELSEWHERE: dict[tuple[str, str], dict[str, str]] = {
    ("project", "status"): {
        "proposed": "vorgeschlagen,beantragt,idee,nicht begonnen,offen,proposé,propuesto,no iniciado,pendiente",
        "approved": "genehmigt,geplant,freigegeben,approuvé,planifié,aprobado,planificado",
        "active": "aktiv,in arbeit,laufend,läuft,in bearbeitung,begonnen,en cours,actif,activo,en curso,iniciado",
        "on_hold": "angehalten,pausiert,ruht,zurückgestellt,suspendu,en attente,en espera,suspendido",
        "done": "abgeschlossen,fertig,erledigt,beendet,terminé,achevé,clôturé,terminado,completado,finalizado,cerrado",
        "cancelled": "abgebrochen,storniert,eingestellt,annulé,abandonné,cancelado,anulado",
    },
    ("activity", "status"): {
        "not_started": "nicht begonnen,offen,geplant,à faire,non commencé,planifié,no iniciado,pendiente,planificado",
        "in_progress": "in arbeit,laufend,läuft,in bearbeitung,begonnen,aktiv,en cours,en curso,iniciado,activo",
        "done": "abgeschlossen,fertig,erledigt,beendet,terminé,achevé,terminado,completado,finalizado,cerrado",
        "cancelled": "abgebrochen,storniert,annulé,abandonné,cancelado,anulado",
    },
    ("project program", "reported_health"): {
        "green": "grün,im plan,vert,verde",
        "amber": "gelb,gefährdet,orange,jaune,amarillo",
        "red": "rot,kritisch,rouge,rojo",
    },
    ("measure", "result"): {
        "met": "erreicht,ja,atteint,oui,alcanzado,sí",
        "not_met": "nicht erreicht,verfehlt,nein,non atteint,non,no alcanzado",
    },
}
#: A rating from 1 to 5 in which 5 is best, as the US Federal IT Dashboard's CIO rating is (5 = low risk).
RATINGS = {5: "green", 4: "green", 3: "amber", 2: "red", 1: "red"}


def _table(kind: str, target: str) -> dict[str, str]:
    table = {choice.replace("_", " "): choice for choice in KINDS[kind].by_target[target].choices}
    for (kinds, name), phrases in (*PHRASES.items(), *ELSEWHERE.items()):
        if name == target and kind in kinds.split():
            for choice, words in phrases.items():
                table.update(dict.fromkeys(words.split(","), choice))
    return table


TABLES: dict[tuple[str, str], dict[str, str]] = {
    (kind.name, target.name): _table(kind.name, target.name)
    for kind in KINDS.values()
    for target in kind.targets
    if target.type == "choice"
}


def meant(kind: str, target: str, text: str, *, is_rating: bool = False) -> str | None:
    """The choice that a cell's text stands for; None where that is not known and a person is asked.

    Args:
        is_rating: the column's header says rating or score, so that numbers from 1 to 5 are steps of health.
    """
    if is_rating and target == "reported_health" and (rating := _rating(text)) is not None:
        return RATINGS.get(rating)
    return meaning_of(text, TABLES[kind, target])


def _rating(text: str) -> int | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and number == number.to_integral_value() else None

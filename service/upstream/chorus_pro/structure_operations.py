"""Every operation of Chorus Pro's directory of structures, each described once; none changes anything."""

from __future__ import annotations

from service.upstream.chorus_pro import structure_models as models
from service.upstream.chorus_pro.operations import UPSTREAM
from service.upstream.operation import AnswerT, Doubt, Operation, RequestT


def _read(
    name: str, path: str, request: type[RequestT], answer: type[AnswerT], does: str, api: str = "structures"
) -> Operation[RequestT, AnswerT]:
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api=api,
        path=path,
        request=request,
        answer=answer,
        timeout=30.0,
        doubt=Doubt.REPEAT,
        is_read=True,
        does=does,
        certainty="official" if api == "structures" else "client",
    )


SEARCH_STRUCTURES = _read(
    "rechercherStructure",
    "/rechercher",
    models.StructureSearch,
    models.StructureRows,
    "finds companies and public bodies",
)
SHOW_STRUCTURE = _read(
    "consulterStructureAvecTVAIntraCom",
    "/consulter",
    models.StructureAsked,
    models.StructureShown,
    "tells what a structure demands",
)
SEARCH_SERVICES = _read(
    "rechercherServicesStructure",
    "/rechercher/services",
    models.ServiceSearch,
    models.ServiceRows,
    "lists the services of a structure",
)
SHOW_SERVICE = _read(
    "consulterServiceStructure",
    "/consulter/service",
    models.ServiceAsked,
    models.ServiceShown,
    "tells what a service demands, and while it is valid",
)
LIST_MEMBERSHIPS = _read(
    "listerRattachementsStructureUtilisateur",
    "/lister/rattachementsutilisateur",
    models.MembershipSearch,
    models.MembershipRows,
    "lists the services a user is attached to",
)
SEARCH_SPACES = _read(
    "rechercherEspaces",
    "/rechercher/espaces",
    models.SpaceSearch,
    models.SpaceRows,
    "lists the spaces of the portal that a structure has",
)
LIST_ATTACHMENTS = _read(
    "recupererRattachementsMonCompteUtilisateur",
    "/monCompte/recuperer/rattachements",
    models.AttachmentSearch,
    models.AttachmentRows,
    "tells to which structures the technical account is attached",
    api="utilisateurs",
)

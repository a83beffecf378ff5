"""The questions asked of Upwork, by name, and the types of what they return, so that a refused Type.field is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MONEY = "{ rawValue currency }"
PAGE = "pageInfo { endCursor hasNextPage }"
USER = "{ id name email }"


@dataclass(frozen=True, slots=True)
class Document:
    """One query: the import tables it feeds, and the fields without which its rows mean nothing."""

    name: str
    text: str
    feeds: tuple[str, ...]
    needs: frozenset[str]


def _needs(names: str) -> frozenset[str]:
    return frozenset(names.split())


JOBS = Document(
    "jobs",
    f"""query jobs($filter: JobPostingsFilter!) {{ organization {{ jobPosting(jobPostingFilter: $filter) {{ totalCount
    edges {{ node {{ id
      info {{ status auditTime {{ createdDateTime modifiedDateTime }} publishDateTime filledDateTime keepOpenOnHire
        reasonName legacyCiphertext hourlyBudgetMin {MONEY} hourlyBudgetMax {MONEY} }}
      ownership {{ user {USER} team {{ id name }} }}
      content {{ title }}
      classification {{ category {{ id name }} subCategory {{ id name }} skills {{ preferredLabel }} }}
      contractTerms {{ contractType personsToHire
        fixedPriceContractTerms {{ amount {MONEY} maxAmount {MONEY} }} }}
      proposalsStatistics {{ totalInvitesSent }}
      customFields {{ id displayValue value }} }} }} {PAGE} }} }} }}""",
    ("jobs",),
    _needs(
        "Query.organization CurrentOrganization.jobPosting JobPostingConnection.edges JobPostingEdge.node JobPosting.id "
        "JobPosting.info JobPostingInfo.status JobPostingInfo.auditTime AuditTime.createdDateTime JobPosting.contractTerms "
        "JobPostingContractTerms.contractType JobPostingConnection.pageInfo PageInfo.endCursor PageInfo.hasNextPage"
    ),
)

OFFERS = Document(
    "offers",
    f"""query offers($filter: OfferByClientFilter, $pagination: Pagination) {{ organization {{
    clientOffers(offerByClientFilter: $filter, pagination: $pagination) {{ totalCount
    edges {{ node {{ id title state team {{ id name }} contactPerson {USER}
      freelancer {{ id name location {{ countryName }} }} agency {{ id name }}
      offerCreatedDateTime lastPublishedDateTime lastUpdatedDateTime
      offer {{ id job {{ id }} }} contractDetails {{ id }} }} }} {PAGE} }} }} }}""",
    ("offers", "contracts"),
    _needs(
        "Query.organization CurrentOrganization.clientOffers ContractOfferConnection.edges ContractOfferEdge.node "
        "ContractOfferResult.id ContractOfferResult.state ContractOfferResult.offerCreatedDateTime "
        "ContractOfferResult.contractDetails ContractDetails.id ContractOfferConnection.pageInfo PageInfo.endCursor "
        "PageInfo.hasNextPage"
    ),
)

_CONTRACT = f"""id title status closingReason {{ reason }} createDate modifyDate startDate endDate
    offer {{ id }} job {{ id }} freelancer {{ id name address {{ countryName }} }} clientTeam {{ id name }} hiringManager {USER}
    hourlyLimits {{ weeklyLimit startDate endDate }}
    terms {{ hourlyTerms {{ id hourlyRate {MONEY} startDate endDate }}
      fixedPriceTerms {{ id fixedAmount {MONEY} startDate endDate milestones {{ id sequenceId state dueDateTime
        lastSubmissionCreatedTime paid {MONEY} fundedAmount {MONEY} }} }}
      stipendTerms {{ id stipendAmount {MONEY} startDate endDate }} }}"""

_CONTRACT_NEEDS = (
    "ContractDetails.id ContractDetails.status ContractDetails.startDate ContractDetails.freelancer ContractUser.id "
    "ContractDetails.terms"
)

CONTRACTS = Document(
    "contracts",
    f"query contracts($ids: [ID!]) {{ contractList(ids: $ids) {{ contracts {{ {_CONTRACT} }} }} }}",
    ("contracts", "workers", "rate_history", "milestones"),
    _needs(f"Query.contractList ContractList.contracts {_CONTRACT_NEEDS}"),
)

CONTRACT_BY_TERM = Document(
    "contract by term",
    f"query contractOfTerm($term: ID!) {{ contractByTerm(termId: $term) {{ {_CONTRACT} }} }}",
    ("contracts",),
    _needs(f"Query.contractByTerm {_CONTRACT_NEEDS}"),
)

ACCOUNTS = Document(
    "accounts", "query accounts { accountingEntity { id } }", ("charges",), _needs("Query.accountingEntity AccountingEntity.id")
)  # fmt: skip

TRANSACTIONS = Document(
    "transactions",
    f"""query transactions($filter: TransactionHistoryFilter!) {{ transactionHistory(transactionHistoryFilter: $filter) {{
    transactionDetail {{ transactionHistoryRow {{ recordId type accountingSubtype transactionCreationDate
      transactionAmount {MONEY} amountSentInOrigCurrency {MONEY} relatedAssignment relatedTransactionId relatedInvoiceId
      purchaseOrderNumber assignmentTeamId }} }} }} }}""",
    ("charges",),
    _needs(
        "Query.transactionHistory TransactionHistory.transactionDetail TransactionHistoryDetail.transactionHistoryRow "
        "TransactionHistoryRow.recordId TransactionHistoryRow.accountingSubtype TransactionHistoryRow.transactionCreationDate "
        "TransactionHistoryRow.transactionAmount Money.rawValue Money.currency"
    ),
)

TIME = Document(
    "time",
    f"""query time($range: DateTimeRange!, $pagination: Pagination) {{ organization {{
    clientContractTimeReport(timeReportDate_bt: $range, pagination: $pagination) {{ totalCount
    edges {{ node {{ dateWorkedOn totalHoursWorked task memo termId contract {{ id }} }} }} {PAGE} }} }} }}""",
    ("time_entries",),
    _needs(
        "Query.organization CurrentOrganization.clientContractTimeReport TimeReportConnection.edges TimeReportEdge.node "
        "TimeReport.dateWorkedOn TimeReport.totalHoursWorked TimeReport.contract ContractDetails.id "
        "TimeReportConnection.pageInfo PageInfo.endCursor PageInfo.hasNextPage"
    ),
)

PROPOSALS = Document(
    "proposals",
    f"""query proposals($job: ID!, $pagination: Pagination) {{ clientProposals(jobPostingId: $job, pagination: $pagination) {{
    totalCount edges {{ node {{ id user {{ id name location {{ countryName }} }} terms {{ chargeRate {MONEY} }}
      auditDetails {{ createdDateTime modifiedDateTime }} status {{ status }} }} }} {PAGE} }} }}""",
    ("proposals",),
    _needs(
        "Query.clientProposals ClientProposalsConnection.edges ClientProposalsEdge.node ClientProposal.id "
        "ClientProposal.auditDetails ProposalAuditDetails.createdDateTime ClientProposal.status ClientProposalStatus.status "
        "ClientProposal.terms ProposalTerms.chargeRate Money.currency "
        "ClientProposalsConnection.pageInfo PageInfo.endCursor PageInfo.hasNextPage"
    ),
)

DOCUMENTS = (JOBS, OFFERS, CONTRACTS, CONTRACT_BY_TERM, ACCOUNTS, TRANSACTIONS, TIME, PROPOSALS)

_USER = {"location": "UserLocation"}
_CONNECTIONS = {
    "JobPosting": ("JobPostingConnection", "JobPostingEdge", "JobPosting"),
    "Offer": ("ContractOfferConnection", "ContractOfferEdge", "ContractOfferResult"),
    "Time": ("TimeReportConnection", "TimeReportEdge", "TimeReport"),
    "Proposal": ("ClientProposalsConnection", "ClientProposalsEdge", "ClientProposal"),
}

# Only what holds other fields; a field without an entry is plain text or a number.
TYPES: Mapping[str, Mapping[str, str]] = {
    **{connection: {"edges": edge, "pageInfo": "PageInfo"} for connection, edge, _ in _CONNECTIONS.values()},
    **{edge: {"node": node} for _, edge, node in _CONNECTIONS.values()},
    "Query": {
        "organization": "CurrentOrganization", "contractList": "ContractList", "contractByTerm": "ContractDetails",
        "accountingEntity": "AccountingEntity", "transactionHistory": "TransactionHistory",
        "clientProposals": "ClientProposalsConnection",
    },
    "CurrentOrganization": {
        "jobPosting": "JobPostingConnection", "clientOffers": "ContractOfferConnection",
        "clientContractTimeReport": "TimeReportConnection",
    },
    "JobPosting": {
        "info": "JobPostingInfo", "ownership": "JobPostingOwnership", "content": "JobPostingContent",
        "classification": "JobPostingClassification", "contractTerms": "JobPostingContractTerms",
        "proposalsStatistics": "ProposalsStatistics", "customFields": "JobPostingCustomFields",
    },
    "JobPostingInfo": {"auditTime": "AuditTime", "hourlyBudgetMin": "Money", "hourlyBudgetMax": "Money"},
    "JobPostingOwnership": {"user": "GenericUser", "team": "GenericOrganization"},
    "JobPostingClassification": {"category": "JobPostingCategory", "subCategory": "JobSubPostingCategory", "skills": "Skill"},
    "JobPostingContractTerms": {"fixedPriceContractTerms": "FixedPriceContractTerms"},
    "FixedPriceContractTerms": {"amount": "Money", "maxAmount": "Money"},
    "GenericUser": _USER,
    "ContractUser": {"address": "UserLocation"},
    "ContractOfferResult": {
        "team": "GenericOrganization", "contactPerson": "GenericUser", "freelancer": "GenericUser",
        "agency": "GenericOrganization", "offer": "Offer", "contractDetails": "ContractDetails",
    },
    "Offer": {"job": "MarketplaceJobPosting"},
    "ContractList": {"contracts": "ContractDetails"},
    "ContractDetails": {
        "closingReason": "ClosingReason", "offer": "Offer", "job": "JobPosting", "freelancer": "ContractUser",
        "clientTeam": "GenericOrganization", "hiringManager": "ContractUser", "hourlyLimits": "HourlyLimit", "terms": "ContractTerms",
    },
    "ContractTerms": {
        "hourlyTerms": "HourlyContractTerm", "fixedPriceTerms": "FixedPriceContractTerm", "stipendTerms": "StipendContractTerm",
    },
    "HourlyContractTerm": {"hourlyRate": "Money"},
    "FixedPriceContractTerm": {"fixedAmount": "Money", "milestones": "Milestone"},
    "StipendContractTerm": {"stipendAmount": "Money"},
    "Milestone": {"paid": "Money", "fundedAmount": "Money"},
    "TransactionHistory": {"transactionDetail": "TransactionHistoryDetail"},
    "TransactionHistoryDetail": {"transactionHistoryRow": "TransactionHistoryRow"},
    "TransactionHistoryRow": {"transactionAmount": "Money", "amountSentInOrigCurrency": "Money"},
    "TimeReport": {"contract": "ContractDetails"},
    "ClientProposal": {
        "user": "GenericUser", "terms": "ProposalTerms", "auditDetails": "ProposalAuditDetails", "status": "ClientProposalStatus",
    },
    "ProposalTerms": {"chargeRate": "Money"},
}  # fmt: skip

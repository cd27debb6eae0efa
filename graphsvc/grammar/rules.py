"""The grammar of SPARQL queries as a table: one rule a line, in the order of the standard.

It is that of SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#grammar) without SERVICE, with what
SPARQL 1.2 adds (https://www.w3.org/TR/sparql12-query/#grammar): triple terms, reifiers,
annotations, VERSION, and its functions. The first token decides every choice, so a text is read
in one pass. What the rules cannot say (which variables may be projected, how long a row is) is
not in them.

``UPPER`` is a keyword, ``"…"`` a mark, ``lower`` a kind of token, ``Mixed`` a rule. A rule whose
name begins with ``_`` leaves no node of its own in the tree.
"""

from __future__ import annotations

#: The functions by what they take (https://www.w3.org/TR/sparql11-query/#SparqlOps).
FUNCTIONS_OF_NONE = "RAND NOW UUID STRUUID"
FUNCTIONS_OF_ONE = (
    "STR LANG DATATYPE IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI YEAR MONTH "
    "DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK "
    "ISLITERAL ISNUMERIC LANGDIR HASLANG HASLANGDIR ISTRIPLE SUBJECT PREDICATE OBJECT"
)
FUNCTIONS_OF_TWO = (
    "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM"
)
FUNCTIONS_OF_THREE = "IF STRLANGDIR TRIPLE"
FUNCTIONS_OF_MANY = "CONCAT COALESCE"
AGGREGATES = "SUM MIN MAX AVG SAMPLE"

_CALLS = f"""
_NoneFunction  = {" | ".join(FUNCTIONS_OF_NONE.split())}
_OneFunction   = {" | ".join(FUNCTIONS_OF_ONE.split())}
_TwoFunction   = {" | ".join(FUNCTIONS_OF_TWO.split())}
_ThreeFunction = {" | ".join(FUNCTIONS_OF_THREE.split())}
_ManyFunction  = {" | ".join(FUNCTIONS_OF_MANY.split())}
_Folding       = {" | ".join(AGGREGATES.split())}
"""

_QUERIES = """
Query          = Prologue _Form ValuesClause end
Prologue       = ( BASE iri | PREFIX prefix iri | VERSION string )*
_Form          = Select | Construct | Describe | Ask

Select         = SelectClause Dataset* Where Modifiers
SelectClause   = SELECT ( DISTINCT | REDUCED )? ( Projected+ | "*" )
Projected      = var | "(" Expression AS var ")"
Construct      = CONSTRUCT ( Template Dataset* Where Modifiers
               | Dataset* WHERE "{" _Triples? "}" Modifiers )
Template       = "{" _Triples? "}"
Describe       = DESCRIBE ( VarOrIri+ | "*" ) Dataset* Where? Modifiers
Ask            = ASK Dataset* Where Modifiers
Dataset        = FROM ( Iri | NAMED Iri )
Where          = WHERE? Group
Modifiers      = GroupBy? Having? OrderBy? _Slice?
GroupBy        = GROUP BY Grouped+
Grouped        = Call | FunctionCall | "(" Expression ( AS var )? ")" | var
Having         = HAVING _Constraint+
OrderBy        = ORDER BY Ordered+
Ordered        = ( ASC | DESC ) Bracketed | _Constraint | var
_Slice         = Limit Offset? | Offset Limit?
Limit          = LIMIT number
Offset         = OFFSET number
ValuesClause   = ( VALUES DataBlock )?

Group          = "{" ( SubSelect | _GroupBody ) "}"
SubSelect      = SelectClause Where Modifiers ValuesClause
_GroupBody     = _TriplesBlock? ( _NotTriples "."? _TriplesBlock? )*
_TriplesBlock  = Triples ( "." _TriplesBlock? )?
_NotTriples    = Union | Optional | Minus | Graph | Filter | Bind | InlineData
Union          = Group ( UNION Group )*
Optional       = OPTIONAL Group
Minus          = MINUS Group
Graph          = GRAPH VarOrIri Group
Filter         = FILTER _Constraint
Bind           = BIND "(" Expression AS var ")"
InlineData     = VALUES DataBlock
DataBlock      = var "{" DataValue* "}" | DataNames "{" DataRow* "}"
DataNames      = nil | "(" var* ")"
DataRow        = nil | "(" DataValue* ")"
DataValue      = Iri | Literal | UNDEF | TripleTerm
_Constraint    = Bracketed | Call | FunctionCall
FunctionCall   = Iri _Arguments
_Arguments     = nil | "(" DISTINCT? Expression ( "," Expression )* ")"
_Expressions   = nil | "(" Expression ( "," Expression )* ")"

_Triples       = PlainTriples ( "." _Triples? )?
PlainTriples   = Term PlainProperties | PlainNode PlainProperties? | Reified PlainProperties?
PlainProperties = PlainVerb PlainObjects ( ";" ( PlainVerb PlainObjects )? )*
PlainVerb      = VarOrIri | a
PlainObjects   = PlainObject ( "," PlainObject )*
PlainObject    = ( Term | PlainNode | Reified ) _PlainNotes
PlainNode      = "(" ( Term | PlainNode | Reified )+ ")" | "[" PlainProperties "]"
_PlainNotes    = ( Reifier | "{|" PlainProperties "|}" )*

Triples        = Term Properties | Node Properties? | Reified Properties?
Properties     = Verb Objects ( ";" ( Verb Objects )? )*
Verb           = Path | var
Objects        = Object ( "," Object )*
Object         = ( Term | Node | Reified ) _Notes
Node           = Collection | NodeOf
Collection     = "(" ( Term | Node | Reified )+ ")"
NodeOf         = "[" Properties "]"
_Notes         = ( Reifier | Annotation )*
Annotation     = "{|" Properties "|}"
Reifier        = "~" ( var | Iri | Blank )?
Reified        = "<<" ( Term | Reified ) ( VarOrIri | a ) ( Term | Reified ) Reifier? ">>"
TripleTerm     = "<<(" Term ( VarOrIri | a ) Term ")>>"

Path           = _PathSequence ( "|" _PathSequence )*
_PathSequence  = _PathStep ( "/" _PathStep )*
_PathStep      = "^"? _PathPrimary ( "?" | "*" | "+" )?
_PathPrimary   = Iri | a | "!" _PathNot | "(" Path ")"
_PathNot       = _PathOne | nil | "(" ( _PathOne ( "|" _PathOne )* )? ")"
_PathOne       = "^"? ( Iri | a )

Term           = var | Iri | Literal | Blank | nil | TripleTerm
VarOrIri       = var | Iri
Iri            = iri | name
Blank          = blank | anon
Literal        = string ( lang | "^^" Iri )? | ( "+" | "-" )? number | TRUE | FALSE

Expression     = _Or
_Or            = _And ( "||" _And )*
_And           = _Relation ( "&&" _Relation )*
_Relation      = _Sum ( ( "=" | "!=" | "<" | ">" | "<=" | ">=" ) _Sum
               | IN _Expressions | NOT IN _Expressions )?
_Sum           = _Product ( ( "+" | "-" ) _Product )*
_Product       = _Unary ( ( "*" | "/" ) _Unary )*
_Unary         = ( "!" | "+" | "-" )? _Primary
_Primary       = Bracketed | Call | Iri _Arguments? | var | TripleTerm
               | string ( lang | "^^" Iri )? | number | TRUE | FALSE
Bracketed      = "(" Expression ")"
Call           = Aggregate | Exists
               | _NoneFunction nil
               | _OneFunction "(" Expression ")"
               | _TwoFunction "(" Expression "," Expression ")"
               | _ThreeFunction "(" Expression "," Expression "," Expression ")"
               | _ManyFunction _Expressions
               | BNODE ( nil | "(" Expression ")" )
               | BOUND "(" var ")"
               | ( REGEX | SUBSTR ) "(" Expression "," Expression ( "," Expression )? ")"
               | REPLACE "(" Expression "," Expression "," Expression ( "," Expression )? ")"
Exists         = EXISTS Group | NOT EXISTS Group
Aggregate      = COUNT "(" DISTINCT? ( "*" | Expression ) ")"
               | _Folding "(" DISTINCT? Expression ")"
               | GROUP_CONCAT "(" DISTINCT? Expression ( ";" SEPARATOR "=" string )? ")"
"""

GRAMMAR = _QUERIES + _CALLS

"""`slicer.parameterNodeWrapper`: typed parameters in a node, tied to widgets.

Written anew from the formats that Slicer stores, so that a scene saved by the one opens in the
other: a number as its text, a flag as True or False, an enumeration as its name, a node as a
reference of the parameter's name, a list as `name.len` and `name.0`, a union as `name.<place>`.
"""

from host.parameters.annotations import (
    Choice,
    Decimals,
    Default,
    Exclude,
    IsInstance,
    Label,
    Maximum,
    Minimum,
    NotNone,
    RangeBounds,
    SingleStep,
    Validator,
    WithinRange,
    findFirstAnnotation,
    splitAnnotations,
    unannotatedType,
)
from host.parameters.connectors import (
    GuiConnector,
    createGuiConnector,
    getNodeTypes,
    isNodeOrUnionOfNodes,
    parameterNodeGuiConnector,
)
from host.parameters.packs import (
    FloatRange,
    isParameterPack,
    nestedParameterNames,
    parameterPack,
)
from host.parameters.wrapper import (
    SlicerParameterNamePropertyName,
    findChildWidgetForParameter,
    isParameterNodeWrapper,
    parameterNodeWrapper,
)

__all__ = [
    "Choice",
    "Decimals",
    "Default",
    "Exclude",
    "FloatRange",
    "GuiConnector",
    "IsInstance",
    "Label",
    "Maximum",
    "Minimum",
    "NotNone",
    "RangeBounds",
    "SingleStep",
    "SlicerParameterNamePropertyName",
    "Validator",
    "WithinRange",
    "createGuiConnector",
    "findChildWidgetForParameter",
    "findFirstAnnotation",
    "getNodeTypes",
    "isNodeOrUnionOfNodes",
    "isParameterNodeWrapper",
    "isParameterPack",
    "nestedParameterNames",
    "parameterNodeGuiConnector",
    "parameterNodeWrapper",
    "parameterPack",
    "splitAnnotations",
    "unannotatedType",
]

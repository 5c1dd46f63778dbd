"""Lesson 1: the seven steps that every training goes through."""

from __future__ import annotations

from ELMEDPlaygroundLib.lessons.checks import at_least, did, every, learns, stopped, trained
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

DIGITS = {"kind": "digits", "test_share": 0.5, "seed": 0}
READER = {"layers": [{"kind": "dense", "neurons": 32, "activation": "tanh"}]}
DESCENT = {"optimiser": "sgd", "learning_rate": 0.1, "batch": 32, "seed": 0}

TEXT = _(
    "A neural network is a formula with many numbers in it that can be changed: its weights. To "
    "train it means to change them, little by little, until the formula gives the right answers. "
    "Every training, of the smallest network and of the largest, goes through the same seven "
    "steps. Here you do them one at a time, with a network that is to read handwritten digits of "
    "8 × 8 pixels. It has not seen any yet."
)
LIMITS = _(
    "Real digits, but small and neat ones. That a network reads them well does not mean that it "
    "reads your handwriting."
)

INITIALISE = Step(
    title=_("Initialise"),
    do=_("Set the lesson up. Then, on the page <b>Seven steps</b>, press <b>1. Initialise</b>."),
    see=_(
        "All weights are now small random numbers. The panel says how many parameters (weights, "
        "and one offset for each neuron) there are: whatever this network will ever learn must be "
        "in them."
    ),
    question=Question(
        _("Why random numbers, and not zero everywhere?"),
        (
            _("If they were equal, all neurons of a layer would stay copies of each other"),
            _("A computer cannot multiply by zero"),
            _("The training would become too fast"),
        ),
        0,
        _(
            "Neurons with equal weights compute the same, so the training changes them in the "
            "same way, and they stay equal for ever. Chance makes them different, so that each "
            "can find something of its own."
        ),
    ),
    check=every(learns("digits"), did("initialise")),
    setup=Setup(DIGITS, READER, DESCENT),
)
PREDICT = Step(
    title=_("Grab a batch and predict"),
    do=_("Press <b>2. Grab a batch and predict</b>."),
    see=_(
        "A batch is a handful of images, here 32, drawn at random. For each image the network "
        "gives ten probabilities, one for each digit. They lie around one in ten: it has no idea "
        "yet."
    ),
    question=Question(
        _("How often is a network right that guesses among ten digits?"),
        (_("Never"), _("About one time in ten"), _("About every other time")),
        1,
        _(
            "One time in ten, if all digits are equally frequent. This is the level of chance: an "
            "accuracy means something only in comparison with it."
        ),
    ),
    check=did("grab_batch"),
)
LOSS = Step(
    title=_("Calculate the loss"),
    do=_("Press <b>3. Calculate the loss</b>."),
    see=_(
        "One number says how wrong the network is: the loss. For each image it takes the "
        "probability that was given to the right digit, and of it the negative natural logarithm; "
        "then comes the mean over the batch. A confident right answer costs almost nothing, a "
        "confident wrong one a lot."
    ),
    question=Question(
        _("The network gives each of the ten digits a probability of 1/10. What is the loss?"),
        (_("0"), _("0.1"), _("About 2.3")),
        2,
        _(
            "−ln(1/10) = ln 10 = 2.30. Compare it with the number on the screen: an untrained "
            "network starts near there. A first loss far away from it is a sign of a mistake."
        ),
    ),
    check=did("loss"),
)
GRADIENTS = Step(
    title=_("Calculate the gradients"),
    do=_("Press <b>4. Calculate the gradients</b>."),
    see=_(
        "For each weight there is now a number that says how fast the loss would rise if this "
        "weight rose a little, and all others stayed. That is its gradient. All of them are found "
        "in one pass backwards through the network: backpropagation."
    ),
    question=Question(
        _("A weight has the gradient +2. The loss shall fall. What to do with the weight?"),
        (_("Make it a little smaller"), _("Make it a little larger"), _("Set it to −2")),
        0,
        _(
            "A positive gradient means: up with the weight, up with the loss. So one goes down, "
            "and only a little, as the gradient holds only close to where it was calculated."
        ),
    ),
    check=did("gradients"),
)
UPDATE = Step(
    title=_("Make a step"),
    do=_("Press <b>5. Step the weights</b>."),
    see=_(
        "Each weight has moved against its gradient: new weight = old weight − learning rate × "
        "gradient. That is gradient descent. The learning rate is yours to choose; here it is "
        "0.1. Other optimisers, such as Adam, refine this rule."
    ),
    question=Question(
        _("A weight of 0.50 has the gradient 2, the learning rate is 0.1. What comes out?"),
        (_("0.48"), _("0.30"), _("0.70")),
        1,
        _("0.50 − 0.1 × 2 = 0.30."),
    ),
    check=did("update"),
)
REPEAT = Step(
    title=_("Repeat"),
    do=_(
        "Press <b>6. Repeat</b> a few times: each does steps 2 to 5 ten times more. Then press "
        "<b>Run</b>, below, and let it work until step 300."
    ),
    see=_(
        "The same steps, again and again, each time with another batch. The loss goes down, with "
        "little bumps, and the accuracy goes up. One pass through all training images is called "
        "an epoch."
    ),
    question=Question(
        _("Why does each step take only a batch, and not all the images?"),
        (
            _("A rough direction at once beats an exact one much later"),
            _("The other images are spoilt by then"),
            _("A network cannot take more than 32 images"),
        ),
        0,
        _(
            "The gradient over a batch is an estimate of the one over all images. It is rough, "
            "and cheap; many rough steps get further in the same time than few exact ones. That "
            "explains the bumps, too."
        ),
    ),
    check=trained(300),
)
STOP = Step(
    title=_("Stop when the criterion says so"),
    do=_(
        "Set this step up: the network begins anew, with a criterion. It is to stop as soon as 90 "
        "% of the <i>test</i> images are read correctly. Press <b>Run</b>."
    ),
    see=_(
        "The training stops by itself, and says why. The test images are kept apart: no step of "
        "the training ever uses them."
    ),
    question=Question(
        _("Why does the criterion look at test images?"),
        (
            _("There are more of them"),
            _("They are easier to read"),
            _("The network might know the training images by heart"),
        ),
        2,
        _(
            "What we want is a network that reads digits which it has never seen. Only images "
            "that it was not trained on can tell. In serious work there is a third set: whoever "
            "uses the test images to decide when to stop has, in a way, used them for training."
        ),
    ),
    check=every(stopped(), at_least("test_accuracy", 0.9)),
    setup=Setup(
        DIGITS,
        READER,
        {**DESCENT, "stop": {"accuracy": 0.9, "steps": 3000}},
    ),
)

SEVEN_STEPS = Lesson(
    number=1,
    title=_("The seven steps"),
    text=TEXT,
    limits=LIMITS,
    steps=(INITIALISE, PREDICT, LOSS, GRADIENTS, UPDATE, REPEAT, STOP),
    context=context_of(__name__),
)

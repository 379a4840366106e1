/** TeX commands that only draw, and environments that only arrange. Data for `math`; the words of AMS-LaTeX that notebooks use. */

const WORDS = `
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi omicron pi varpi rho varrho sigma
varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varGamma varDelta
varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega
aleph beth gimel daleth hbar hslash imath jmath ell wp Re Im partial infty prime backprime emptyset varnothing nabla surd top bot angle
measuredangle sphericalangle triangle blacktriangle triangledown blacktriangledown square blacksquare lozenge blacklozenge bigstar Box
Diamond diagup diagdown forall exists nexists neg lnot flat natural sharp clubsuit diamondsuit heartsuit spadesuit eth mho complement
circledS Bbbk Finv Game degree checkmark maltese circledR yen dagger ddagger dag ddag S P copyright pounds
sum prod coprod int iint iiint iiiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus biguplus intop ointop smallint
pm mp times div ast star circ bullet cdot cdots cap cup uplus sqcap sqcup vee wedge lor land setminus smallsetminus wr diamond bigtriangleup
bigtriangledown triangleleft triangleright lhd rhd unlhd unrhd oplus ominus otimes oslash odot bigcirc amalg dotplus ltimes rtimes
leftthreetimes rightthreetimes Cap Cup doublecap doublecup barwedge doublebarwedge veebar curlywedge curlyvee circledast circledcirc
circleddash boxplus boxminus boxtimes boxdot centerdot intercal divideontimes
le leq ge geq lt gt ll gg lll ggg ne neq equiv prec succ preceq succeq sim simeq subset supset subseteq supseteq asymp approx approxeq cong
sqsubset sqsupset sqsubseteq sqsupseteq doteq Doteq doteqdot in ni owns notin propto vdash dashv models smile frown mid nmid parallel
nparallel perp bowtie Join leqq geqq leqslant geqslant eqslantless eqslantgtr lesssim gtrsim lessapprox gtrapprox lessdot gtrdot lessgtr
gtrless lesseqgtr gtreqless lesseqqgtr gtreqqless risingdotseq fallingdotseq eqcirc circeq triangleq bumpeq Bumpeq thicksim thickapprox
subseteqq supseteqq Subset Supset preccurlyeq succcurlyeq curlyeqprec curlyeqsucc precsim succsim precapprox succapprox vartriangleleft
vartriangleright trianglelefteq trianglerighteq vDash Vdash Vvdash smallsmile smallfrown shortmid shortparallel between pitchfork varpropto
therefore because backepsilon blacktriangleleft blacktriangleright vartriangle
nless ngtr nleq ngeq nleqslant ngeqslant nleqq ngeqq lneq gneq lneqq gneqq lvertneqq gvertneqq lnsim gnsim lnapprox gnapprox nprec nsucc
npreceq nsucceq precneqq succneqq precnsim succnsim precnapprox succnapprox nsim ncong nshortmid nshortparallel nvdash nvDash nVdash nVDash
ntriangleleft ntriangleright ntrianglelefteq ntrianglerighteq nsubseteq nsupseteq nsubseteqq nsupseteqq subsetneq supsetneq varsubsetneq
varsupsetneq subsetneqq supsetneqq varsubsetneqq varsupsetneqq
leftarrow gets Leftarrow rightarrow to Rightarrow leftrightarrow Leftrightarrow mapsto hookleftarrow hookrightarrow leftharpoonup
leftharpoondown rightharpoonup rightharpoondown rightleftharpoons leftrightharpoons longleftarrow Longleftarrow longrightarrow
Longrightarrow longleftrightarrow Longleftrightarrow longmapsto iff implies impliedby leadsto uparrow Uparrow downarrow Downarrow
updownarrow Updownarrow nearrow searrow swarrow nwarrow dashleftarrow dashrightarrow leftleftarrows rightrightarrows leftrightarrows
rightleftarrows Lleftarrow Rrightarrow twoheadleftarrow twoheadrightarrow leftarrowtail rightarrowtail looparrowleft looparrowright
curvearrowleft curvearrowright circlearrowleft circlearrowright Lsh Rsh upuparrows downdownarrows upharpoonleft upharpoonright
downharpoonleft downharpoonright restriction multimap leftrightsquigarrow rightsquigarrow nleftarrow nrightarrow nLeftarrow nRightarrow
nleftrightarrow nLeftrightarrow
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup injlim projlim varlimsup varliminf
varinjlim varprojlim ln log max min Pr sec sin sinh sup tan tanh mod bmod pmod pod
hat widehat check tilde widetilde acute grave dot ddot dddot ddddot breve bar vec mathring overline underline overbrace underbrace
overleftarrow overrightarrow overleftrightarrow underleftarrow underrightarrow underleftrightarrow overparen underparen xleftarrow
xrightarrow
lbrace rbrace lbrack rbrack langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert ulcorner urcorner llcorner lrcorner
lgroup rgroup lmoustache rmoustache backslash left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm
biggm Biggm
frac dfrac tfrac cfrac binom dbinom tbinom sqrt root of over atop choose brace brack stackrel overset underset sideset substack limits
nolimits displaylimits operatorname mathop mathbin mathrel mathopen mathclose mathpunct mathord mathinner displaystyle
textstyle scriptstyle scriptscriptstyle not boxed fbox cancel bcancel xcancel phantom hphantom vphantom smash strut mathstrut
ldots dots dotsb dotsc dotsi dotsm dotso vdots ddots colon
quad qquad enspace thinspace medspace thickspace negthinspace negmedspace negthickspace nobreakspace space
mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathbb mathnormal boldsymbol bm pmb rm bf it sf tt cal frak Bbb
text textrm textbf textit textsf texttt textnormal textup mbox tiny scriptsize small normalsize large Large LARGE huge Huge
hline hdashline begin end tag notag nonumber bra ket braket Bra Ket Braket color textcolor
`;

export const DRAWING: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));

export const ARRANGING: ReadonlySet<string> = new Set(
  (
    'matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases aligned align align* alignat* alignedat gather gather* gathered ' +
    'equation equation* eqnarray eqnarray* split multline multline* subarray'
  ).split(' ')
);

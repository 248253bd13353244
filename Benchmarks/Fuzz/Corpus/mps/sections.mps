* every section and bound type, free form
NAME sections of every kind
OBJSENSE
    MAX
ROWS
 N profit
 N other
 L capacity
 G demand
 E balance
 E spread
 L loose
COLUMNS
 x1 profit 3.5 capacity 1
 x1 demand 1e0 other 7
    M1 'MARKER' 'INTORG'
 n1 profit 2 capacity 2.5
 n1 balance 1
 n2 profit -1 balance -1
 n3 capacity 1
    M2 'MARKER' 'INTEND'
 x2 spread 1 loose 1
 x3 spread -2 profit .25
 x4 loose 3
 x5 demand 4 loose -1
 x6 capacity 1D0
RHS
 RHS profit -10 capacity 40
 RHS demand 2 balance 0
 RHS spread 5
RANGES
 RNG capacity 30 demand 12
 RNG balance -3 spread 2.5
BOUNDS
 UP BND x1 4
 LO BND n1 1
 UP BND n1 9
 MI BND x2
 UP BND x2 8
 FR BND x3
 FX BND x4 1.5
 BV BND n3
 LI BND x5 -3
 LO BND x6 -7
 UP BND x6 -2
ENDATA
